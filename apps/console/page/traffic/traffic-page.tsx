import { ChargeForm } from './charge-form.js';
import { Generator } from './generator.js';

export function TrafficPage() {
  return (
    <>
      <p className="soft">Everything here goes through Stripe’s official SDK, run in the console’s server.</p>
      <ChargeForm />
      <Generator />
    </>
  );
}
