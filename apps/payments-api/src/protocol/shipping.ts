/** Where goods go, as charges and payment intents show it. */
export interface Shipping {
  readonly address: Readonly<Record<'city' | 'country' | 'line1' | 'line2' | 'postal_code' | 'state', string | null>>;
  readonly name: string;
  readonly carrier: string | null;
  readonly phone: string | null;
  readonly tracking_number: string | null;
}
