import { isIP } from 'node:net';
import type { IncomingHttpHeaders } from 'node:http';

/** Accepted host names, beside `localhost`, in lower case. */
export type AllowedHosts = readonly string[];

/** A `Host` header: a name, an IPv4 address or an IPv6 address in brackets, then perhaps a port. */
const HOST = /^(?:\[([0-9a-f:.]+)\]|([^:/@[\]\s]+))(?::\d{1,5})?$/;

/**
 * Checks a request to a port for this machine only, against DNS rebinding and cross-site requests, by three headers that a
 * web page cannot forge (README).
 *
 * @returns the reason to refuse as one sentence, if any
 */
export function refusalAtLocalDoor(headers: IncomingHttpHeaders, allowed: AllowedHosts): string | undefined {
  const host = headers.host?.toLowerCase() ?? '';
  if (!isLocalHost(host, allowed)) {
    return `This door does not answer to the host name "${host.slice(0, 100)}": use localhost or an IP address, or name it in ALLOWED_HOSTS.`;
  }
  const origin = headers.origin?.toLowerCase();
  if (origin !== undefined && origin !== `http://${host}` && origin !== `https://${host}`) {
    return `This door takes no requests from pages of another origin ("${origin.slice(0, 100)}").`;
  }
  if (headers['sec-fetch-site'] === 'cross-site') return 'This door takes no requests from pages of another site.';
  return undefined;
}

function isLocalHost(host: string, allowed: AllowedHosts): boolean {
  const [, ipv6, name] = HOST.exec(host) ?? [];
  if (ipv6 !== undefined) return isIP(ipv6) === 6;
  return name !== undefined && (name === 'localhost' || isIP(name) === 4 || allowed.includes(name));
}
