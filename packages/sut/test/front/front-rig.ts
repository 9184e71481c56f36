import type { RunningSystem } from '@stormcart/core';
import { expect } from 'vitest';
import { shop } from '../../src/index.ts';
import { SEED_PASSWORD } from '../../src/schema/install-shop.ts';
import { openStoreStage, type StoreStage } from '../store-stage.ts';
import { askFront } from './front-client.ts';

/** The whole shop behind its front, as customers meet it. */
export interface FrontRig {
  readonly stage: StoreStage;
  readonly running: RunningSystem;
  /** A session of a seeded customer. */
  logIn(email: string): Promise<string>;
  /** Ends every process. */
  end(): Promise<void>;
  /** Does the same, and says what is left: nothing, if all is well. */
  close(): Promise<readonly string[]>;
}

export async function openFrontRig(): Promise<FrontRig> {
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
    stage,
    running,
    logIn: async (email) => {
      const { status, text } = await askFront(running, 'POST', '/api/auth/login', {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ email, password: SEED_PASSWORD }),
      });
      expect(status).toBe(200);
      return (JSON.parse(text) as { readonly token: string }).token;
    },
    end: async () => {
      await running.close();
      await stage.context.supervisor.close();
    },
    close: async () => {
      await running.close();
      return stage.close();
    },
  };
}
