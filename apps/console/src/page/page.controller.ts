import { Controller, Get, NotFoundException, Param, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { PageFiles } from './page-files.client.js';

/** Nothing from elsewhere, and no page around it. uPlot and React set styles by script, which this allows. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

@Controller()
export class PageController {
  constructor(private readonly files: PageFiles) {}

  @Get()
  page(@Res() reply: FastifyReply): void {
    this.#send(reply, 'index.html', 'no-cache');
  }

  /** Their names hold a hash of what is in them. */
  @Get('assets/:name')
  asset(@Param('name') name: string, @Res() reply: FastifyReply): void {
    this.#send(reply, `assets/${name}`, 'public, max-age=31536000, immutable');
  }

  #send(reply: FastifyReply, name: string, caching: string): void {
    const file = this.files.find(name);
    if (!file) throw new NotFoundException(`There is no ${name}: build it with npm run build.`);
    void reply
      .header('content-type', file.type)
      .header('cache-control', caching)
      .header('content-security-policy', POLICY)
      .header('x-content-type-options', 'nosniff')
      .header('referrer-policy', 'no-referrer')
      .send(file.content);
  }
}
