/** How American English writes amounts of money, after the Unicode locale data. */

/** Marks that stand right before the amount; any other currency shows its code and a space. */
export const CURRENCY_SYMBOLS: Readonly<Record<string, string>> = {
  AUD: 'A$',
  BRL: 'R$',
  CAD: 'CA$',
  CNY: 'CN¥',
  EUR: '€',
  GBP: '£',
  HKD: 'HK$',
  ILS: '₪',
  INR: '₹',
  JPY: '¥',
  KRW: '₩',
  MXN: 'MX$',
  NZD: 'NZ$',
  PHP: '₱',
  TWD: 'NT$',
  USD: '$',
  VND: '₫',
  XAF: 'FCFA\u00a0',
  XCD: 'EC$',
  XOF: 'F\u202fCFA\u00a0',
  XPF: 'CFPF\u00a0',
};

/** Digits after the decimal point, where they are not two. */
export const CURRENCY_DIGITS: Readonly<Record<string, number>> = {
  ...each(
    'AFN ALL BIF CLP COP DJF GNF HUF IDR IQD IRR ISK JPY KMF KPW KRW LAK LBP MGA MMK PKR PYG RWF SLL SOS SYP UGX VND VUV XAF XOF XPF YER',
    0,
  ),
  ...each('BHD JOD KWD LYD OMR TND', 3),
};

function each(codes: string, digits: number): Record<string, number> {
  return Object.fromEntries(codes.split(' ').map((code) => [code, digits]));
}
