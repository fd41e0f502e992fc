const POLL_MS = 1000
const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB']

const message = document.querySelector('#message')
const list = document.querySelector('#torrents')

/** What is shown, by torrent id: the elements that change. */
const shown = new Map()

document.querySelector('#add').addEventListener('submit', async (event) => {
  event.preventDefault()
  const form = event.target
  const source = document.querySelector('#source').value.trim()
  const file = document.querySelector('#file').files[0]
  const body = source || file
  if (!body) return
  const overwrite = document.querySelector('#overwrite').checked
  message.textContent = 'Adding …'
  try {
    await api(`torrents?wait=false&overwrite=${overwrite}`, { method: 'POST', body })
    form.reset()
    message.textContent = 'Added.'
  } catch (error) {
    message.textContent = error.message
  }
})

async function api(path, options) {
  const response = await fetch(`../${path}`, options)
  const answer = await response.json()
  if (!response.ok) throw new Error(answer.human_readable)
  return answer
}

async function refresh() {
  const { torrents } = await api('torrents?with_stats=true')
  const ids = new Set(torrents.map(({ id }) => id))
  for (const [id, { article }] of shown) {
    if (ids.has(id)) continue
    article.remove()
    shown.delete(id)
  }
  document.querySelector('#empty').hidden = torrents.length > 0
  for (const torrent of torrents) await show(torrent)
}

async function show(torrent) {
  const { id, stats } = torrent
  const entry = shown.get(id) ?? addArticle(id)
  if (entry.files.length === 0 && !stats.resolving) await addFiles(id, entry)
  const name = torrent.name ?? torrent.info_hash
  entry.title.textContent = name
  entry.progress.value = stats.total_bytes > 0 ? stats.progress_bytes / stats.total_bytes : 0
  entry.progress.ariaLabel = name
  entry.status.textContent = describe(stats)
  for (const [index, { length, status }] of entry.files.entries()) {
    status.textContent = ` ${percent(stats.file_progress[index] ?? 0, length)} of ${size(length)}`
  }
}

function addArticle(id) {
  const title = element('h2')
  const progress = element('progress', { max: 1, value: 0 })
  const status = element('p', { className: 'status' })
  const fileList = element('ul')
  const article = element('article')
  article.append(title, progress, status, fileList)
  list.append(article)
  const entry = { article, title, progress, status, fileList, files: [] }
  shown.set(id, entry)
  return entry
}

/** Names come from strangers: they are only ever text, and percent-encoded in links. */
async function addFiles(id, entry) {
  const { files } = await api(`torrents/${id}`)
  entry.files = files.map(({ name, components, length, attributes }, index) => {
    const path = components.map((component) => encodeURIComponent(component)).join('/')
    const href = `../torrents/${id}/stream/${index}/${path}`
    const status = element('span')
    const item = element('li')
    item.append(element('a', { href, textContent: name }), status)
    if (!attributes.padding) entry.fileList.append(item)
    return { length, status }
  })
}

function element(name, properties = {}) {
  return Object.assign(document.createElement(name), properties)
}

function describe(stats) {
  if (stats.resolving) return 'looking for the metadata'
  const done = percent(stats.progress_bytes, stats.total_bytes)
  if (stats.error) return `error: ${stats.error}`
  if (!stats.live) return `${stats.state} · ${done} of ${size(stats.total_bytes)}`
  const { download_speed, upload_speed, time_remaining, snapshot } = stats.live
  return [
    stats.finished ? 'complete' : `${done} of ${size(stats.total_bytes)}`,
    `down ${download_speed.human_readable}`,
    `up ${upload_speed.human_readable}`,
    `${snapshot.peer_stats.live} peers`,
    time_remaining ? `${time_remaining.human_readable} left` : '',
  ]
    .filter(Boolean)
    .join(' · ')
}

function percent(part, whole) {
  return `${whole > 0 ? Math.floor((part / whole) * 100) : 100} %`
}

function size(bytes) {
  const unit = Math.min(Math.floor(Math.log2(bytes || 1) / 10), UNITS.length - 1)
  return `${(bytes / 1024 ** unit).toFixed(unit > 0 ? 1 : 0)} ${UNITS[unit]}`
}

async function poll() {
  try {
    await refresh()
  } catch (error) {
    message.textContent = error.message
  }
  setTimeout(poll, POLL_MS)
}

void poll()
