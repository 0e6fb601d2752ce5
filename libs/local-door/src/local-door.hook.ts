import type { FastifyReply, FastifyRequest } from 'fastify';
import { type AllowedHosts, refusalAtLocalDoor } from './local-door.js';

/** The check as Fastify's `onRequest` hook: refused requests get 403 before their body is read. */
export function localDoorHook(allowed: AllowedHosts) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> => {
    const refusal = refusalAtLocalDoor(request.headers, allowed);
    return refusal === undefined ? undefined : reply.status(403).send({ error: refusal });
  };
}
