import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { shop } from '../../src/index.ts';
import { CLERK_EMAIL, SEED_PASSWORD } from '../../src/schema/install-shop.ts';
import { openStoreStage } from '../store-stage.ts';
import type { ContractStore } from './contract-case.ts';
import type { ContractEntry } from './contract-client.ts';

/** A hundred times what a signal needs on a busy machine. */
const STOP_MS = 100;

/** A shop to hold against the contract. */
export interface ContractShop {
  readonly entry: ContractEntry;
  readonly admin: { readonly email: string; readonly password: string };
  /** Lets a store stand still, or go on. Absent where nobody may: outage cases are then left out. */
  readonly setPaused?: (store: ContractStore, isPaused: boolean) => Promise<void>;
  /** What was left behind. */
  close(): Promise<readonly string[]>;
}

/**
 * The shop at `CONTRACT_URL`, with `CONTRACT_CA` (a PEM file), `CONTRACT_ADMIN_EMAIL` and `CONTRACT_ADMIN_PASSWORD`;
 * one of our own where there is no such variable. Whoever implements the shop a second time seeds at least 10,000
 * products, and charges `tok_visa` and refuses `tok_declined`.
 */
export async function openContractShop(
  environment: Readonly<Record<string, string | undefined>>,
): Promise<ContractShop> {
  const { CONTRACT_URL: url, CONTRACT_CA: file } = environment;
  if (url === undefined) return bootOwnShop();
  return {
    entry: { url, certificateAuthority: file === undefined ? undefined : await readFile(file, 'utf8') },
    admin: {
      email: environment['CONTRACT_ADMIN_EMAIL'] ?? CLERK_EMAIL,
      password: environment['CONTRACT_ADMIN_PASSWORD'] ?? SEED_PASSWORD,
    },
    close: () => Promise.resolve([]),
  };
}

async function bootOwnShop(): Promise<ContractShop> {
  const stage = await openStoreStage();
  const running = await shop.boot(
    { topology: 'single', services: {}, policies: {} },
    {
      ...stage.context,
      seed: 1,
      interpose: (_link, upstream) => Promise.resolve(upstream),
      progress: () => undefined,
    },
  );
  return {
    entry: { url: running.entryUrl, certificateAuthority: running.certificateAuthority?.certificate },
    admin: { email: CLERK_EMAIL, password: SEED_PASSWORD },
    setPaused: async (store, isPaused) => {
      const pid = running.processes.find(({ name }) => name === store)?.pid();
      if (pid === undefined) throw new Error(`${store} does not run`);
      process.kill(pid, isPaused ? 'SIGSTOP' : 'SIGCONT');
      // Threads on another core stop a moment after the signal was sent.
      if (isPaused) await pause(STOP_MS);
    },
    close: async () => {
      await running.close();
      return stage.close();
    },
  };
}
