// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is how shells write variables.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { completionScript } from '../../src/cli/completions.ts'
import { COMMANDS, SHELLS, type Shell } from '../../src/config/commands.ts'
import { temporaryFolder } from '../helpers/temporary-folder.ts'
import { run } from './lab/program.ts'
import { describeWithTools } from './lab/tools.ts'

/** What each shell is told to print, for a line that ends where the cursor is. */
const COMPLETING: Readonly<Record<Shell, (script: string, line: string) => readonly string[]>> = {
  bash: (script, line) => {
    const words = line
      .split(' ')
      .map((word) => `'${word}'`)
      .join(' ')
    const call = '_tributary tributary "${COMP_WORDS[-1]}" "${COMP_WORDS[-2]}"'
    const count = '${#COMP_WORDS[@]}'
    const shown = `COMP_WORDS=(${words}); COMP_CWORD=$((${count} - 1)); ${call}; printf '%s\\n' "\${COMPREPLY[@]}"`
    return ['bash', '--norc', '-c', `source ${script}; ${shown}`]
  },
  fish: (script, line) => ['fish', '--no-config', '-c', `source ${script}; complete -C '${line}'`],
  // Completion of zsh needs a line that is being typed, so what it would add is caught.
  zsh: (script, line) => {
    const caught = [
      'autoload -Uz compinit; compinit -D -u',
      `source ${script}`,
      'compadd() { local -a found; builtin compadd -O found "$@"; print -rl -- $found; }',
      '_describe() { print -rl -- ${(P)4%%:*}; }',
      '_arguments() { print -rl -- "$@"; }',
      '_files() { print files; }',
    ]
    const words = line.split(' ')
    const state = [
      `words=(${words.map((word) => `'${word}'`).join(' ')})`,
      `CURRENT=${words.length}; PREFIX='${words.at(-1)}'`,
    ]
    return ['zsh', '-f', '-c', [...caught, ...state, '_tributary'].join('; ')]
  },
}

async function completionsOf(shell: Shell, line: string): Promise<string> {
  const script = join(await temporaryFolder(), '_tributary')
  await writeFile(script, completionScript(shell))
  return (await run(COMPLETING[shell](script, line))).stdout
}

describeWithTools(['bash', 'fish', 'zsh'], 'completions', () => {
  it.each(SHELLS)('of %s name the commands, and the options of each', async (shell) => {
    const first = await completionsOf(shell, 'tributary ')
    for (const { name } of COMMANDS) expect(first).toMatch(new RegExp(`^${name}\\b`, 'm'))
    const remove = await completionsOf(shell, 'tributary remove --')
    expect(remove).toContain('--delete-files')
    expect(remove).not.toContain('--peer-port')
    expect(await completionsOf(shell, 'tributary --')).toContain('--peer-port')
    expect(await completionsOf(shell, 'tributary completions ')).toMatch(/bash[\s\S]*fish/)
    expect(await completionsOf(shell, 'tributary help rem')).toContain('remove')
  })
})
