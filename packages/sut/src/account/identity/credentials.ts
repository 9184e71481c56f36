import type { Identity } from '../../service/authentication.ts';

/** Who has proved to be a customer, and with credentials of which version. */
export interface Credentials {
  readonly id: number;
  readonly role: Identity['role'];
  /** Rises with every change of the password: what was proved with an older one is void. */
  readonly credentialVersion: number;
}
