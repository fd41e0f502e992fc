#!/usr/bin/env node
// Runs a command. `npm start` says `exec`, a word of sh: it puts the server in the place of npm's shell, so that
// signals reach it. cmd.exe has no such word and finds this program among those of the packages. It lies here
// because the package that npm links anyway may have programs, and ours may not have another one.
import { spawn } from 'node:child_process'

const [command = 'node', ...args] = process.argv.slice(2)
// Ctrl-C reaches both of us; the command decides.
process.on('SIGINT', () => {})
const child = spawn(command, args, { stdio: 'inherit' })
child.on('error', (error) => {
  console.error(error.message)
  process.exitCode = 1
})
child.on('exit', (code) => {
  process.exitCode = code ?? 1
})
