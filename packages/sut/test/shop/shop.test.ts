import { afterAll, beforeAll, expect } from 'vitest';
import { cacheScriptCases } from './cache-script-cases.ts';
import { cancellationCases } from './cancellation-cases.ts';
import { cartCases } from './cart-cases.ts';
import { frameCases } from './frame-cases.ts';
import { keyCases } from './key-cases.ts';
import { loginCases } from './login-cases.ts';
import { orderCases } from './order-cases.ts';
import { productCases } from './product-cases.ts';
import { productChangeCases } from './product-change-cases.ts';
import { profileCases } from './profile-cases.ts';
import { recommendationCases } from './recommendation-cases.ts';
import { registrationCases } from './registration-cases.ts';
import { sagaCases } from './saga-cases.ts';
import { saleCases } from './sale-cases.ts';
import { secondFactorCases } from './second-factor-cases.ts';
import { secretCases } from './secret-cases.ts';
import { sessionCases } from './session-cases.ts';
import { openShopRig, type ShopRig } from './shop-rig.ts';
import { sweepCases } from './sweep-cases.ts';

/**
 * What customers, clerks and admins do with a shop that is well. All of it on one booted shop, because booting costs more
 * than most of the tests: each file of cases has customers and products of its own.
 */
let rig: ShopRig;
const booted = (): ShopRig => rig;

beforeAll(async () => {
  rig = await openShopRig();
});

afterAll(async () => {
  expect(await rig.close()).toEqual([]);
});

productCases(booted);
productChangeCases(booted);
cacheScriptCases(booted);
// Before anything is sold.
recommendationCases(booted);

registrationCases(booted);
loginCases(booted);
sessionCases(booted);
profileCases(booted);
secondFactorCases(booted);

cartCases(booted);
frameCases(booted);
orderCases(booted);
keyCases(booted);
sagaCases(booted);
cancellationCases(booted);
sweepCases(booted);
saleCases(booted);

// Last: what was secret in all of the above is searched for.
secretCases(booted);
