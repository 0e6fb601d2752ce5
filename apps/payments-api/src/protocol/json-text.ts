/** Bodies are indented, as Stripe's are: people read them in terminals. */
export function jsonText(value: object): string {
  return JSON.stringify(value, undefined, 2);
}
