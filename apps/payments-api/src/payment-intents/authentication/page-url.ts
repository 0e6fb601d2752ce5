/** The page of this service that asks a customer, in place of their bank's. It needs no API key: the client secret opens it. */
export function authenticationPageOf(
  { id, clientSecret }: { id: string; clientSecret: string },
  baseUrl: string,
): string {
  return `${baseUrl}/authenticate/${id}?client_secret=${clientSecret}`;
}
