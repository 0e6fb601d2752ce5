export { hasCardNumber, hasCardNumberInside, maskCardNumbers, passesLuhn } from './card-numbers.js';
