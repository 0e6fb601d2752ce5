import { fastify, type FastifyInstance } from 'fastify';
import { limitClients } from '#http-door';
import { type AllowedHosts, localDoorHook } from '#local-door';
import { isTransientError } from '#postgres';
import type { Metrics } from '#telemetry';
import { PortTakenError } from './port-taken.js';
import type { Readiness } from './readiness.js';

export interface AdminRequest {
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string | undefined>>;
}

/** The result is sent as JSON; undefined becomes 404. */
export type AdminHandler = (request: AdminRequest) => unknown;

/**
 * The admin port: health, metrics and read-only views. It opens first and closes last, so that operators can query a
 * process that waits at start or drains.
 */
export class AdminServer {
  private readonly server: FastifyInstance = fastify({ logger: false, forceCloseConnections: true });
  /** Fastify's router accepts no routes once it listens, but modules add theirs later. */
  private readonly routes: { segments: string[]; handler: AdminHandler }[] = [];

  constructor(metrics: Metrics, readiness: Readiness, allowedHosts: AllowedHosts = []) {
    limitClients(this.server.server);
    this.server.addHook('onRequest', localDoorHook(allowedHosts));
    this.server.setErrorHandler((error: Error, _request, reply) => {
      if (!isTransientError(error)) return reply.send(error);
      return reply.status(503).send({ error: 'the database cannot be read now, ask again', reason: error.message });
    });
    this.server.get('/health/live', () => ({ live: true }));
    this.server.get('/health/ready', async (_request, reply) => {
      const report = await readiness.report();
      return reply.status(report.ready ? 200 : 503).send(report);
    });
    this.server.get('/metrics', async (_request, reply) => reply.type(metrics.contentType).send(await metrics.text()));
    this.server.get('*', async (request, reply) => {
      const query = request.query as AdminRequest['query'];
      const answer = await this.answerTo(request.url.split('?', 1)[0]!, query);
      return answer === undefined
        ? reply.status(404).send({ error: 'not found', routes: this.routes.map(({ segments }) => segments.join('/')) })
        : reply.send(answer);
    });
  }

  /** `path` has Fastify's form, with `:name` for a segment: `/charges/:id`. GET only: the admin port changes nothing. */
  get(path: string, handler: AdminHandler): void {
    this.routes.push({ segments: path.split('/'), handler });
  }

  /** @throws PortTakenError */
  async listen(host: string, port: number): Promise<void> {
    try {
      await this.server.listen({ host, port });
    } catch (error) {
      throw PortTakenError.from(error, { host, port, variable: 'ADMIN_PORT' });
    }
  }

  /** The URL of the listener, for tests with port 0. */
  get url(): string {
    return this.server.listeningOrigin;
  }

  async close(): Promise<void> {
    await this.server.close();
  }

  private answerTo(path: string, query: AdminRequest['query']): unknown {
    const wanted = path.split('/').map(decodeURIComponent);
    // Postgres rejects null characters in text.
    if (wanted.some((segment) => segment.includes('\0'))) return undefined;
    for (const { segments, handler } of this.routes) {
      const params = paramsOf(segments, wanted);
      if (params) return handler({ params, query });
    }
    return undefined;
  }
}

function paramsOf(segments: readonly string[], wanted: readonly string[]): Record<string, string> | undefined {
  if (segments.length !== wanted.length) return undefined;
  const params: Record<string, string> = {};
  for (const [place, segment] of segments.entries()) {
    if (segment.startsWith(':')) params[segment.slice(1)] = wanted[place]!;
    else if (segment !== wanted[place]) return undefined;
  }
  return params;
}
