import { Controller, Get, Inject, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Params } from '../../http/request.decorator.js';
import { CLAIM_PARTS, claimOfRequest, type ClaimParts } from '../../idempotency/claim-of-request.http.js';
import { authenticatedPage, authenticationPage, returnTo } from '../authentication/authentication-page.js';
import {
  choiceParameters,
  pageParameters,
  type ChoiceParameters,
  type PageParameters,
} from '../parameters/authentication-parameters.js';
import { AuthenticationCompletion } from '../requests/authentication-completion.js';

/** The page of `next_action`. The client secret in its URL takes the place of an API key. */
@Controller('authenticate')
export class AuthenticationPageController {
  constructor(
    private readonly completion: AuthenticationCompletion,
    @Inject(CLAIM_PARTS) private readonly parts: ClaimParts,
  ) {}

  @Get(':id')
  async ask(
    @Param('id') id: string,
    @Params(pageParameters) { client_secret: secret }: PageParameters,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const intent = await this.completion.askedIntent(id, secret);
    show(reply, intent.authentication ? authenticationPage(intent) : authenticatedPage());
  }

  @Post(':id')
  async answer(
    @Param('id') id: string,
    @Params(choiceParameters) { client_secret: secret, outcome }: ChoiceParameters,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const intent = await this.completion.askedIntent(id, secret);
    request.api.account = intent.account;
    const claim = claimOfRequest(request, this.parts);
    const { answer } = await this.completion.complete(claim, id, { outcome, expand: [] }, undefined);
    const returnUrl = intent.authentication?.returnUrl;
    if (!returnUrl) return show(reply, authenticatedPage());
    const isPaid = outcome === 'succeeded' && answer.status === 200;
    void reply.redirect(returnTo(returnUrl, intent, isPaid ? 'succeeded' : 'failed'), 303);
  }
}

function show(reply: FastifyReply, html: string): void {
  void reply
    .header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'")
    .type('text/html; charset=utf-8')
    .send(html);
}
