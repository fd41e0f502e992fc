import type { Metric, Results } from './results.ts'
import { type Measured, median, spread } from './statistics.ts'

/**
 * The results as a Markdown table: for each contender the ratio to the first one and, in brackets,
 * the median and the spread.
 */
export function markdownTable(results: Results, metrics: readonly Metric[]): string {
  const { rows, contenders, remarks } = results
  const body = rows.flatMap((row) =>
    metrics
      .filter((metric) => contenders.some((c) => results.values(row, c, metric.name).length > 0))
      .map((metric) => {
        const base = median(results.values(row, contenders[0] ?? '', metric.name))
        const cells = contenders.map((c) => cell(results.values(row, c, metric.name), base, metric))
        return line([row, metric.name, ...cells])
      }),
  )
  const head = [line(['', '', ...contenders]), line(['---', '---', ...contenders.map(() => '---')])]
  return [...head, ...body, '', ...remarks.map((remark) => `- ${remark}`), ''].join('\n')
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`
}

function cell(values: readonly Measured[], base: Measured, metric: Metric): string {
  if (values.length === 0) return ''
  const middle = median(values)
  const [low, high] = spread(values)
  const absolute = `${format(middle, metric)} ${metric.unit}`.trim()
  const range = values.length > 1 ? `; ${format(low, metric)}–${format(high, metric)}` : ''
  return `${ratio(middle, base)} [${absolute}${range}]`.trim()
}

function ratio(value: Measured, base: Measured): string {
  if (value === null || base === null || base === 0) return ''
  return (value / base).toFixed(2)
}

function format(value: Measured, metric: Metric): string {
  return value === null ? 'never' : value.toFixed(metric.digits)
}
