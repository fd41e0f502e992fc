/** An error as if it had been thrown in these files, the nearest first. */
export function thrownBy(...files: readonly string[]): Error {
  const frames = files.map((file) => `    at run (${file}:1:2)`)
  return Object.assign(new Error('on purpose'), {
    stack: ['Error: on purpose', ...frames].join('\n'),
  })
}

/** As the engine throws at what a stranger has sent. */
export function engineError(): Error {
  return thrownBy('/srv/node_modules/bittorrent-protocol/index.js', 'node:net')
}
