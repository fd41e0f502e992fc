import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Host, Lab } from '../lab/lab.ts'
import { waitFor } from '../lab/wait-for.ts'

export interface KodiFile {
  /** `upnp://...` */
  readonly file: string
  readonly filetype: 'file' | 'directory'
  readonly label: string
  readonly size?: number
  /** Seconds. */
  readonly runtime?: number
  readonly mimetype?: string
  /** `image://` and where the picture is. */
  readonly thumbnail?: string
  /** Seconds; of `video` only, as `playcount`. */
  readonly resume?: { readonly position: number; readonly total: number }
  readonly playcount?: number
}

export interface KodiSubtitle {
  readonly index: number
  readonly language: string
  readonly name: string
}

export interface KodiSubtitles {
  readonly subtitles: readonly KodiSubtitle[]
  readonly currentsubtitle: Partial<KodiSubtitle>
  readonly subtitleenabled: boolean
}

interface KodiTime {
  readonly hours: number
  readonly minutes: number
  readonly seconds: number
  readonly milliseconds: number
}

const SETTINGS: Readonly<Record<string, string>> = {
  'services.webserver': 'true',
  'services.webserverport': '8080',
  'services.webserverauthentication': 'false',
  'services.upnp': 'true',
  'services.upnpcontroller': 'true',
  'services.upnprenderer': 'true',
  'services.esenabled': 'true',
  'services.esallinterfaces': 'true',
  'general.addonupdates': '2',
}

/** A film of a minute is begun from its first second on, and watched a few before its end. */
const ADVANCED_SETTINGS = `<advancedsettings><video>
<ignoresecondsatstart>1</ignoresecondsatstart><ignorepercentatend>5</ignorepercentatend>
<playcountminimumpercent>90</playcountminimumpercent>
</video></advancedsettings>
`

/** How far it may have played before we look. */
const TOLERANCE_SECONDS = 8

const START_MS = 60_000

const VIDEO_PLAYLIST = 1

/** Kodi on an invisible screen with an invisible loudspeaker, driven by its JSON-RPC. */
export class Kodi {
  #host: Host

  static async start(lab: Lab, host: Host): Promise<Kodi> {
    const home = join(lab.folder, `kodi-${host.address}`)
    await mkdir(join(home, '.kodi/userdata'), { recursive: true })
    await writeFile(join(home, '.kodi/userdata/guisettings.xml'), settingsXml())
    await writeFile(join(home, '.kodi/userdata/advancedsettings.xml'), ADVANCED_SETTINGS)
    const env = { HOME: home, XDG_RUNTIME_DIR: home }
    const display = host.start([
      'Xvfb',
      '-displayfd',
      '1',
      '-screen',
      '0',
      '640x480x24',
      '-nolisten',
      'tcp',
    ])
    const socket = join(home, 'pulse.sock')
    const sound = host.start(
      [
        ...['pulseaudio', '-n', '--exit-idle-time=-1', '-L', 'module-null-sink'],
        ...['-L', `module-native-protocol-unix socket=${socket}`],
      ],
      { env },
    )
    const [, displayNumber] = await display.waitForOutput(/^(\d+)\n/m)
    // Without a sound sink Kodi stops after a second.
    await waitFor('the sound server', () => existsSync(socket))
    // Kodi says what went wrong in its log only; here it is kept for a test that fails.
    host.start(['tail', '--retry', '-F', join(home, '.kodi/temp/kodi.log')])
    const kodi = new Kodi(host)
    const program = host.start(['kodi', '--standalone'], {
      env: {
        ...env,
        DISPLAY: `:${displayNumber}`,
        KODI_AE_SINK: 'PULSE',
        PULSE_SERVER: `unix:${socket}`,
      },
    })
    await waitFor('Kodi', () => kodi.call('JSONRPC.Ping'), { timeoutMs: START_MS }).catch(
      (error) => {
        throw new Error(`Kodi: ${program.output}\nsound: ${sound.output}`, { cause: error })
      },
    )
    return kodi
  }

  private constructor(host: Host) {
    this.#host = host
  }

  /** @throws Error when Kodi answers with one */
  async call<T>(method: string, params: Readonly<Record<string, unknown>> = {}): Promise<T> {
    const { stdout } = await this.#host.run(
      [
        ...['curl', '-s', '--max-time', '30', '-H', 'Content-Type: application/json'],
        ...['--data-binary', '@-', 'http://127.0.0.1:8080/jsonrpc'],
      ],
      { input: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }) },
    )
    const answer = JSON.parse(stdout) as { result?: T; error?: unknown }
    if (answer.result === undefined) throw new Error(`${method}: ${stdout}`)
    return answer.result
  }

  async directory(
    directory: string,
    media: 'files' | 'video' = 'files',
  ): Promise<readonly KodiFile[]> {
    const watched = media === 'video' ? ['resume', 'playcount'] : []
    const { files } = await this.call<{ files: KodiFile[] | null }>('Files.GetDirectory', {
      directory,
      media,
      properties: ['title', 'runtime', 'size', 'mimetype', 'thumbnail', ...watched],
    })
    return files ?? []
  }

  /** The media servers on Kodi's network, once the one of this name is among them. */
  async findServer(name: string): Promise<KodiFile> {
    return await waitFor(`"${name}" in Kodi`, async () => {
      const servers = await this.directory('upnp://')
      return servers.find(({ label }) => label === name)
    })
  }

  /** The entry that is reached from `directory` by these labels. @throws Error naming the one that is missing */
  async find(directory: string, path: readonly string[]): Promise<KodiFile> {
    const [label, ...rest] = path
    const entries = await this.directory(directory)
    const entry = entries.find((candidate) => candidate.label === label)
    if (!entry) throw new Error(`no "${label}" among ${entries.map((one) => one.label).join(', ')}`)
    return rest.length === 0 ? entry : this.find(entry.file, rest)
  }

  /**
   * Has Kodi fetch and decode the picture that it shows for an entry, and writes what it made of it.
   * @returns the URL that it fetched it from
   */
  async savePicture({ thumbnail = '' }: KodiFile, path: string): Promise<string> {
    const url = `http://127.0.0.1:8080/image/${encodeURIComponent(thumbnail)}`
    await this.#host.run(['curl', '-s', '--fail', '--max-time', '30', '-o', path, url])
    return decodeURIComponent(thumbnail.replace(/^image:\/\/|\/$/g, ''))
  }

  /** Plays and waits until time passes. */
  async play(file: string): Promise<void> {
    await this.call('Player.Open', { item: { file } })
    await this.timePasses(0)
  }

  /** Plays as a video: an address of UPnP alone does not say what it is, and of sound there are no subtitles. */
  async playVideo(file: string): Promise<void> {
    await this.call('Playlist.Clear', { playlistid: VIDEO_PLAYLIST })
    await this.call('Playlist.Add', { playlistid: VIDEO_PLAYLIST, item: { file } })
    await this.call('Player.Open', { item: { playlistid: VIDEO_PLAYLIST, position: 0 } })
    await this.timePasses(0)
  }

  /** Waits until it plays between `seconds` and a few seconds later: it has got there, and it goes on. */
  async timePasses(seconds: number): Promise<void> {
    await waitFor(`Kodi to play at ${seconds} s`, async () => {
      const time = await this.time()
      return time > seconds && time < seconds + TOLERANCE_SECONDS
    })
  }

  /** Seconds. */
  async time(): Promise<number> {
    return toSeconds((await this.#properties()).time)
  }

  /** Seconds. */
  async length(): Promise<number> {
    return toSeconds((await this.#properties()).totaltime)
  }

  async seek(seconds: number): Promise<void> {
    const time: KodiTime = {
      hours: Math.floor(seconds / 3_600),
      minutes: Math.floor(seconds / 60) % 60,
      seconds: seconds % 60,
      milliseconds: 0,
    }
    await this.call('Player.Seek', { playerid: await this.#playerId(), value: { time } })
  }

  /** The tracks of subtitles of what it plays, inside and beside, and which of them is shown. */
  async subtitles(): Promise<KodiSubtitles> {
    return await this.call('Player.GetProperties', {
      playerid: await this.#playerId(),
      properties: ['subtitles', 'currentsubtitle', 'subtitleenabled'],
    })
  }

  async stop(): Promise<void> {
    await this.call('Player.Stop', { playerid: await this.#playerId() })
  }

  async #properties(): Promise<{ time: KodiTime; totaltime: KodiTime }> {
    const playerid = await this.#playerId()
    return await this.call('Player.GetProperties', { playerid, properties: ['time', 'totaltime'] })
  }

  async #playerId(): Promise<number> {
    const [player] = await this.call<{ playerid: number }[]>('Player.GetActivePlayers')
    if (!player) throw new Error('Kodi plays nothing')
    return player.playerid
  }
}

function settingsXml(): string {
  const lines = Object.entries(SETTINGS).map(
    ([id, value]) => `<setting id="${id}">${value}</setting>`,
  )
  return `<settings version="2">\n${lines.join('\n')}\n</settings>\n`
}

function toSeconds({ hours, minutes, seconds, milliseconds }: KodiTime): number {
  return hours * 3_600 + minutes * 60 + seconds + milliseconds / 1_000
}
