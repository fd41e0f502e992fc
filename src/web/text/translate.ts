export type TextParameters = Readonly<Record<string, string | number>>

/** Of a text with a `count`: one form for each of the language's plurals, in the order "one", "other". */
const PLURAL_SEPARATOR = ' || '

/**
 * Puts parameters into a text: `{name}` becomes the parameter of that name. Where there is a number
 * `count`, its form is chosen: `{count} file || {count} files`.
 */
export function filledIn(
  text: string,
  parameters: TextParameters,
  locale: Intl.Locale | string,
): string {
  const form = chosenForm(text, parameters.count, String(locale))
  return form.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = parameters[name]
    if (value === undefined) return whole
    return typeof value === 'number' ? numberFormat(String(locale)).format(value) : isolated(value)
  })
}

/** Scripts that are written from right to left. */
const RIGHT_TO_LEFT =
  /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u

/** A name of such a script does not turn round what stands beside it (Unicode, UAX 9: FSI and PDI). */
function isolated(value: string): string {
  return RIGHT_TO_LEFT.test(value) ? `\u2068${value}\u2069` : value
}

function chosenForm(text: string, count: string | number | undefined, locale: string): string {
  const [one = '', other] = text.split(PLURAL_SEPARATOR)
  if (other === undefined || typeof count !== 'number') return one
  return pluralRules(locale).select(count) === 'one' ? one : other
}

const rules = new Map<string, Intl.PluralRules>()
const formats = new Map<string, Intl.NumberFormat>()

function pluralRules(locale: string): Intl.PluralRules {
  const known = rules.get(locale) ?? new Intl.PluralRules(locale)
  rules.set(locale, known)
  return known
}

function numberFormat(locale: string): Intl.NumberFormat {
  const known = formats.get(locale) ?? new Intl.NumberFormat(locale)
  formats.set(locale, known)
  return known
}
