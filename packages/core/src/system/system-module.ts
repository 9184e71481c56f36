import type {
  BootContext,
  RunningSystem,
  SystemConfig,
  SystemDescription,
  SystemOptions,
  SystemUnderTest,
} from './system-under-test.ts';

/**
 * What a user's module exports as `default` or `system` (`sut: ./my-system.ts`): a `SystemUnderTest` of which most may
 * be left out. What is left out has no content: no policies to choose, no invariants, nothing to wait for.
 */
export interface SystemModule
  extends Pick<SystemUnderTest, 'name'>,
    Partial<Omit<SystemUnderTest, 'name' | 'options' | 'describe' | 'boot' | 'shareJourneys'>> {
  readonly options?: Partial<SystemOptions>;
  /** Links may leave out what they carry, and invariants are described by what `invariants` says of them. */
  describe(config: SystemConfig): Pick<SystemDescription, 'journeys'> & Partial<SystemDescription>;
  boot(
    config: SystemConfig,
    context: BootContext,
  ): Promise<Pick<RunningSystem, 'entryUrl' | 'journeys'> & Partial<RunningSystem>>;
}
