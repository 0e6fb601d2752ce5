import { formatMoney, type Money } from '#money';

const page = (title: string, body: string): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<style>
  body { font: 1rem/1.5 system-ui, sans-serif; max-width: 28rem; margin: 4rem auto; padding: 0 1rem }
  button { font: inherit; padding: .5rem 1rem; margin-right: .5rem }
</style>
<h1>${title}</h1>
${body}
</html>
`;

/** Takes the place of the page of a customer's bank. It loads nothing, and runs no script. */
export function authenticationPage({ amount, clientSecret }: { amount: Money; clientSecret: string }): string {
  return page(
    '3D Secure test page',
    `<p>A payment of ${formatMoney(amount)} requires its customer. Play the customer:</p>
<form method="post">
<input type="hidden" name="client_secret" value="${clientSecret}">
<button name="outcome" value="succeeded">Complete</button>
<button name="outcome" value="failed">Fail</button>
</form>`,
  );
}

export const authenticatedPage = (): string =>
  page('3D Secure test page', '<p>Done: return to the page of the shop.</p>');

/** Where Stripe sends the customer afterwards, with the parameters that it adds. */
export function returnTo(
  returnUrl: string,
  { id, clientSecret }: { id: string; clientSecret: string },
  status: 'succeeded' | 'failed',
): string {
  const url = new URL(returnUrl);
  url.searchParams.set('payment_intent', id);
  url.searchParams.set('payment_intent_client_secret', clientSecret);
  url.searchParams.set('redirect_status', status);
  return url.href;
}
