import { type Address, AppError } from '@stormcart/core';
import { z } from 'zod';
import { policyKinds } from '../policy/policy.ts';
import { overloadKinds } from './overload/overload-kind.ts';

/** `127.0.0.1:3306` → `{host, port}`. */
export const addressText = z
  .string()
  .regex(/^[^:\s]+:\d{1,5}$/, 'expected host:port')
  .transform((text): Address => {
    const [host = '', port = ''] = text.split(':');
    return { host, port: Number(port) };
  });

export const policyName = z.enum(policyKinds);

/** What every service reads. */
export const frameVariables = {
  SHOP_SERVICE: z.enum(['catalog', 'account', 'orders', 'worker']),
  SHOP_INSTANCE: z.coerce.number().int().positive(),
  SHOP_PORT: z.coerce.number().int().min(1).max(65_535),
  SHOP_POLICY_OVERLOAD: z.enum(overloadKinds).default('priority'),
};

export const mariadbVariables = {
  SHOP_MARIADB: addressText,
  SHOP_MARIADB_USER: z.string().min(1),
  SHOP_MARIADB_PASSWORD: z.string(),
  SHOP_MARIADB_DATABASE: z.string().min(1),
};

export const rabbitmqVariables = {
  SHOP_RABBITMQ: addressText,
  SHOP_RABBITMQ_VHOST: z.string().min(1),
};

/** 32 bytes in base64url: what TOTP secrets are encrypted with at rest. */
export const identityVariables = {
  SHOP_IDENTITY_KEY: z
    .string()
    .regex(/^[\w-]{43}$/, 'expected 32 bytes in base64url')
    .transform((text) => Buffer.from(text, 'base64url')),
};

export type Environment<Shape extends z.ZodRawShape> = z.infer<z.ZodObject<Shape>>;
export type FrameEnvironment = Environment<typeof frameVariables>;
export type MariadbEnvironment = Environment<typeof mariadbVariables>;
export type RabbitmqEnvironment = Environment<typeof rabbitmqVariables>;

/** Parses the environment once, at the border. Throws one `AppError` that names every bad variable, without values. */
export function readEnvironment<Shape extends z.ZodRawShape>(
  shape: Shape,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Environment<Shape> {
  const result = z.object(shape).safeParse(environment);
  if (result.success) return result.data;
  const issues = result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new AppError({
    kind: 'usage',
    code: 'BAD_ENVIRONMENT',
    message: `bad environment: ${issues.join('; ')}`,
    details: { issues },
  });
}
