// Downloads a torrent and draws how far it is, until all of it is there.
import { Session } from 'tributary'

const [source] = process.argv.slice(2)
if (source === undefined) {
  console.error('usage: progress-bar.mjs <magnet, URL, info hash or .torrent>')
  process.exit(2)
}

const WIDTH = 40

const session = await Session.open({ folder: './downloads' })
const { torrent } = await session.add(source)
await torrent.ready()

function draw() {
  const { progressBytes, totalBytes, live } = torrent.stats()
  const share = totalBytes === 0 ? 1 : progressBytes / totalBytes
  const bar = '#'.repeat(Math.floor(share * WIDTH)).padEnd(WIDTH, '.')
  const speed = ((live?.downloadBytesPerSecond ?? 0) / 1e6).toFixed(1)
  const percent = Math.floor(share * 100)
  process.stdout.write(`\r[${bar}] ${percent} % ${speed} MB/s ${live?.peers.live ?? 0} peers `)
}

const timer = setInterval(draw, 250)
await new Promise((resolve) => {
  // `finished` does not come where the files were there already and have only been checked.
  const look = () => torrent.stats().finished && resolve()
  session.on('changed', look)
  look()
})
clearInterval(timer)
draw()
console.log(`\n${torrent.name} is in ${torrent.outputFolder}`)
await session.close()
