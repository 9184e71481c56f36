import type { Attribute, AttributeValues } from './attribute.ts';

/** Something around a system that can be made to misbehave: a payment provider, a mail service. */
export interface SwitchDescription {
  /** `payment` */
  readonly name: string;
  readonly about: string;
  /**
   * What it can be made to do, by the word that scenarios use. An action that several switches of a system have
   * takes the same settings on each.
   */
  readonly actions: Readonly<Record<string, SwitchAction>>;
}

export interface SwitchAction {
  readonly about: string;
  readonly attributes: Readonly<Record<string, Attribute>>;
}

/** A switch of a running system. */
export interface SystemSwitch extends SwitchDescription {
  /**
   * Begins one of its actions; `attributes` are complete. It ends by itself after `forMs`, whether somebody is left
   * to end it or not. Several may be on at the same time, the same one twice included.
   */
  begin(action: string, attributes: AttributeValues, forMs: number): Promise<SwitchedOn>;
}

/** An action that was begun. */
export interface SwitchedOn {
  /** Ends this one and no other; does nothing when it is over. */
  end(): Promise<void>;
  /** Looks whether it is over. */
  isOver(): Promise<boolean>;
  /** How often it was felt, so far or until its end. */
  hits(): Promise<number>;
}
