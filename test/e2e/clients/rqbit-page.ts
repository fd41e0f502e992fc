import { existsSync, readdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

/**
 * The folder of rqbit's own page, version 9: the one that .ci/run has built (`TRIBUTARY_RQBIT_PAGE`), or what
 * `cargo install rqbit` leaves behind. It is no part of this repository; `null` where it is not here.
 */
export function rqbitPage(): string | null {
  const { TRIBUTARY_RQBIT_PAGE: built, CARGO_HOME } = process.env
  if (built !== undefined && built !== '') return built
  const sources = join(CARGO_HOME ?? join(homedir(), '.cargo'), 'registry', 'src')
  const found = entriesOf(sources)
    .flatMap((index) => entriesOf(join(sources, index)).map((crate) => join(sources, index, crate)))
    .filter((crate) => /[/\\]librqbit-9\.[^/\\]+$/.test(crate))
    .map((crate) => join(crate, 'webui', 'dist'))
    .filter((page) => existsSync(join(page, 'index.html')))
  return found.sort().at(-1) ?? null
}

function entriesOf(folder: string): readonly string[] {
  return existsSync(folder) ? readdirSync(folder) : []
}
