import { errorCode } from '../../error-code.ts'
import { requireInside } from './safe-open.ts'

/** What is wrong with folders, looked up once for each. For a single pass over many files. */
export class FolderChecks {
  readonly #root: string
  readonly #codes = new Map<string, string | null>()

  constructor(root: string) {
    this.#root = root
  }

  /** `null` for a folder inside the root; else the code of what is wrong: `ENOENT`, `OUTSIDE`. */
  check(folder: string): string | null {
    const known = this.#codes.get(folder)
    if (known !== undefined) return known
    const code = this.#look(folder)
    this.#codes.set(folder, code)
    return code
  }

  #look(folder: string): string | null {
    try {
      requireInside(this.#root, folder)
      return null
    } catch (error) {
      return errorCode(error) || 'UNKNOWN'
    }
  }
}
