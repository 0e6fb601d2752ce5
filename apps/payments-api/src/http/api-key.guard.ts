import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { ACCOUNTS } from '../accounts/accounts.module.js';
import type { Accounts } from '../accounts/accounts.repository.js';
import { headerOf } from './api-request.http.js';
import { readCredentials } from '../accounts/credentials.js';
import { invalidRequest, shown } from '../protocol/stripe-error.js';

/** Opened by a customer's browser, which has no key: their handlers ask for the client secret of one object. */
const CUSTOMER_PAGES = '/authenticate/';

/** Authentication: the account of every request follows from its API key, on every route. */
@Injectable()
export class ApiKeyGuard implements CanActivate {
  constructor(@Inject(ACCOUNTS) private readonly accounts: Accounts) {}

  /** The door has authenticated the request already; a request that came another way is authenticated here. */
  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    return request.api.account === '' ? this.authenticate(request).then(() => true) : true;
  }

  /**
   * Sets the account of a request. The door calls this before the body is read: Nest runs guards after it.
   *
   * @throws StripeError 401 for a key that opens nothing, 403 for the account of another key
   */
  async authenticate(request: FastifyRequest): Promise<void> {
    if (request.url.startsWith(CUSTOMER_PAGES)) return;
    const context = headerOf(request, 'stripe-context');
    const account = await this.accounts.accountOf(readCredentials(request.headers.authorization, this.accounts.keys));
    const wanted = headerOf(request, 'stripe-account');
    if (wanted !== undefined && wanted !== account) throw ofAnotherAccount(wanted);
    if (context !== undefined && context !== account) throw ofAnotherAccount(context);
    request.api.account = account;
  }
}

/** Headers of Connect and of organizations: an account acts for itself only. */
function ofAnotherAccount(wanted: string): Error {
  return invalidRequest(
    `The provided key does not have access to account '${shown(wanted)}' (or that account does not exist). Connect is ` +
      `not offered here: leave Stripe-Account and Stripe-Context away.`,
    { code: 'account_invalid', status: 403 },
  );
}
