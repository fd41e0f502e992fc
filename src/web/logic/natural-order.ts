const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'accent' })

/** As a person orders names: E2 before E10, upper and lower case together. */
export function compareNatural(a: string, b: string): number {
  return collator.compare(a, b) || (a < b ? -1 : Number(a > b))
}
