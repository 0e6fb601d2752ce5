import { isIP } from 'node:net';
import type { IncomingHttpHeaders } from 'node:http';

/** Names under which a local door answers, beside `localhost`; in lower case. */
export type AllowedHosts = readonly string[];

/** A `Host` header: a name, an IPv4 address or an IPv6 address in brackets, then perhaps a port. */
const HOST = /^(?:\[([0-9a-f:.]+)\]|([^:/@[\]\s]+))(?::\d{1,5})?$/;

/**
 * Why a request must not pass a door that only this machine and its own containers may use; undefined when it may.
 *
 * Browsers send any page's requests to loopback, so "it came from 127.0.0.1" proves nothing. Three headers, which a page
 * cannot forge, do: `Host` shows a name that was rebound to loopback (DNS rebinding), `Origin` and `Sec-Fetch-Site` show
 * which page asks. IP literals pass as hosts, since no DNS stands behind them.
 *
 * @returns one sentence for the caller
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
