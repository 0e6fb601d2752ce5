import { z } from 'zod';
import { money } from '#money';
import { amountOutOfBounds, currency } from '../../charges/parameters/create-parameters.js';
import { detailParameters, ofConnect, statementDescriptor } from '../../charges/parameters/charge-details.js';
import { metadataChanges, newMetadata } from '../../protocol/metadata.js';
import { expand, listedTexts } from '../../protocol/expand.js';
import { listParameters, pageOf } from '../../protocol/list-parameters.js';
import {
  boolean,
  hash,
  ignored,
  integer,
  oneOf,
  refuse,
  refusedParameter,
  text,
  unsettable,
} from '../../protocol/parameter-schemas.js';
import { invalidRequest, shown, type StripeError } from '../../protocol/stripe-error.js';
import { cancellationReasons, captureMethods } from '../intent/payment-intent.js';

const id = text({ max: 255 });

const notOffered = refusedParameter((param) => invalidRequest(`${param} is not offered here.`, { param }));

/** Exist at Stripe; none of them is offered here. */
const others = {
  allowed_payment_method_types: notOffered,
  amount_details: notOffered,
  application_fee_amount: ofConnect,
  confirmation_token: notOffered,
  customer_account: notOffered,
  hooks: notOffered,
  on_behalf_of: ofConnect,
  payment_details: notOffered,
  payment_method_configuration: notOffered,
  transfer_data: ofConnect,
  radar_options: ignored,
  excluded_payment_method_types: ignored,
};

const cardOnly = listedTexts.superRefine((types: readonly unknown[], findings) => {
  if (types.includes('card')) return;
  const message = 'Only the payment method type `card` is offered here: add it to `payment_method_types`.';
  refuse(findings, (param) => invalidRequest(message, { param }));
});

/** Stripe: the statement of a card shows the account's own descriptor, with a suffix. */
const descriptor = refusedParameter((param) =>
  invalidRequest('A card shows no `statement_descriptor` of its own. Use `statement_descriptor_suffix` instead.', {
    code: 'payment_intent_invalid_parameter',
    param,
  }),
);

const url = text().superRefine((given, findings) => {
  if (URL.canParse(given)) return;
  refuse(findings, (param) => invalidRequest(`Not a valid URL: ${shown(given)}`, { code: 'url_invalid', param }));
});

const captureMethod = oneOf(captureMethods);
const setupFutureUsage = oneOf(['off_session', 'on_session']);

const methodOptions = hash(
  z.object({
    card: hash(
      z.object({
        capture_method: oneOf(['manual']).optional(),
        request_three_d_secure: oneOf(['any', 'automatic', 'challenge']).optional(),
        setup_future_usage: oneOf(['none', 'off_session', 'on_session']).optional(),
        moto: ignored,
        network: ignored,
        statement_descriptor_suffix_kana: ignored,
        statement_descriptor_suffix_kanji: ignored,
      }),
    ).optional(),
  }),
);

/** A card by its token; see `payment_method` for the names of test cards. */
const methodData = hash(
  z.object({
    type: oneOf(['card']),
    card: hash(z.object({ token: id })),
    allow_redisplay: ignored,
    billing_details: ignored,
    metadata: ignored,
    radar_options: ignored,
  }),
);

const method = { payment_method: id.optional(), payment_method_data: methodData.optional() };

/** What a confirmation takes, and a creation that confirms. */
const confirmation = {
  error_on_requires_action: boolean().optional(),
  mandate: ignored,
  mandate_data: ignored,
  off_session: z.union([boolean(), oneOf(['one_off', 'recurring']).transform(() => true)]).optional(),
  return_url: url.optional(),
  use_stripe_sdk: boolean().optional(),
};

const details = detailParameters.omit({ fraud_details: true }).shape;

const amount = z
  .object({ expand: expand('payment_intent'), amount: integer({ min: 1 }), currency })
  .superRefine((given, findings) => {
    const error = amountOutOfBounds(money(given.amount, given.currency));
    if (error) refuse(findings, error, ['amount']);
  });

const creation = z.object({
  ...others,
  ...method,
  ...confirmation,
  ...details,
  automatic_payment_methods: hash(
    z.object({ enabled: boolean(), allow_redirects: oneOf(['always', 'never']).default('always') }),
  ).optional(),
  capture_method: captureMethod.default('automatic_async'),
  confirm: boolean().default(false),
  confirmation_method: oneOf(['automatic', 'manual']).default('automatic'),
  customer: id.optional(),
  metadata: newMetadata.default({}),
  payment_method_options: methodOptions.optional(),
  payment_method_types: cardOnly.optional(),
  setup_future_usage: setupFutureUsage.nullable().default(null),
  statement_descriptor: descriptor,
  statement_descriptor_suffix: statementDescriptor,
});

const onlyConfirming = ['error_on_requires_action', 'mandate_data', 'off_session', 'return_url'] as const;

/** A valid `POST /v1/payment_intents`. */
export const newIntentParameters = hash(
  amount.and(
    creation.superRefine((given, findings) => {
      const exclusive = given.automatic_payment_methods?.enabled && given.payment_method_types !== undefined;
      if (exclusive) refuse(findings, exclusiveTypes, ['payment_method_types']);
      const early = onlyConfirming.find((name) => given[name] !== undefined);
      if (!given.confirm && early) refuse(findings, onlyWithConfirm, [early]);
      if (given.payment_method !== undefined && given.payment_method_data !== undefined)
        refuse(findings, oneMethod, ['payment_method_data']);
    }),
  ),
);
export type NewIntentParameters = z.output<typeof newIntentParameters>;

/** A valid `POST /v1/payment_intents/:id/confirm`. */
export const confirmParameters = hash(
  z.object({
    ...others,
    ...method,
    ...confirmation,
    amount_to_confirm: notOffered,
    capture_method: captureMethod.optional(),
    expand: expand('payment_intent'),
    payment_method_options: methodOptions.optional(),
    receipt_email: details.receipt_email,
    setup_future_usage: unsettable(setupFutureUsage).optional(),
    shipping: details.shipping,
  }),
);
export type ConfirmParameters = z.output<typeof confirmParameters>;

/** A valid `POST /v1/payment_intents/:id`. */
export const intentUpdateParameters = hash(
  z.object({
    ...others,
    ...method,
    ...details,
    amount: integer({ min: 1 }).optional(),
    capture_method: captureMethod.optional(),
    currency: currency.optional(),
    customer: id.optional(),
    expand: expand('payment_intent'),
    payment_method_options: methodOptions.optional(),
    payment_method_types: cardOnly.optional(),
    setup_future_usage: unsettable(setupFutureUsage).optional(),
    statement_descriptor: descriptor,
    statement_descriptor_suffix: statementDescriptor.optional(),
  }),
);
export type IntentUpdateParameters = z.output<typeof intentUpdateParameters>;

/** A valid `POST /v1/payment_intents/:id/capture`. */
export const intentCaptureParameters = hash(
  z.object({
    amount_details: notOffered,
    amount_to_capture: integer({ min: 1 }).optional(),
    application_fee_amount: ofConnect,
    expand: expand('payment_intent'),
    final_capture: boolean()
      .superRefine((isFinal, findings) => {
        if (!isFinal) refuse(findings, onlyOneCapture);
      })
      .optional(),
    hooks: notOffered,
    metadata: metadataChanges.optional(),
    payment_details: notOffered,
    statement_descriptor: descriptor,
    statement_descriptor_suffix: statementDescriptor,
    transfer_data: ofConnect,
  }),
);
export type IntentCaptureParameters = z.output<typeof intentCaptureParameters>;

/** A valid `POST /v1/payment_intents/:id/cancel`. */
export const intentCancelParameters = hash(
  z.object({
    cancellation_reason: oneOf(cancellationReasons).nullable().default(null),
    expand: expand('payment_intent'),
  }),
);
export type IntentCancelParameters = z.output<typeof intentCancelParameters>;

/** A valid `GET /v1/payment_intents/:id`. */
export const intentRetrieveParameters = hash(
  z.object({ client_secret: id.optional(), expand: expand('payment_intent') }),
);

/** A valid `GET /v1/payment_intents`: a page, and the cursor that must name an intent of the account. */
export const intentListParameters = hash(
  listParameters({}).and(
    z.object({
      customer: id.nullable().default(null),
      customer_account: notOffered,
      expand: expand('payment_intent', { under: 'data' }),
    }),
  ),
).transform(({ customer, expand, ...page }) => ({ ...pageOf(page), filters: { customer }, expand }));
export type IntentListParameters = z.output<typeof intentListParameters>;

function exclusiveTypes(param: string): StripeError {
  return invalidRequest(
    "You may only specify one of these parameters: 'automatic_payment_methods', 'payment_method_types'.",
    { code: 'parameters_exclusive', param },
  );
}

function oneMethod(param: string): StripeError {
  return invalidRequest("You may only specify one of these parameters: 'payment_method', 'payment_method_data'.", {
    code: 'parameters_exclusive',
    param,
  });
}

function onlyWithConfirm(param: string): StripeError {
  return invalidRequest(
    `The parameter '${shown(param)}' cannot be passed when creating a PaymentIntent unless 'confirm' is set to true.`,
    { code: 'parameter_unknown', param },
  );
}

function onlyOneCapture(param: string): StripeError {
  return invalidRequest('Only one capture of an authorization is offered here: `final_capture` is true.', { param });
}
