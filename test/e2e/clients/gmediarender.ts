import { fetchFrom } from '../lab/http-fetch.ts'
import type { Host } from '../lab/lab.ts'
import type { Program } from '../lab/program.ts'
import { invoke } from '../lab/soap.ts'
import { waitFor } from '../lab/wait-for.ts'
import type { FoundItem } from './control-point.ts'
import { discover } from './gssdp-discover.ts'

const MEDIA_RENDERER = 'urn:schemas-upnp-org:device:MediaRenderer:1'
const AV_TRANSPORT = 'urn:schemas-upnp-org:service:AVTransport:1'

/** How far it may have played before we look. */
const TOLERANCE_SECONDS = 8

/** A renderer that plays in real time into nothing, driven by SOAP from its own machine. */
export class Gmediarender {
  #host: Host
  #program: Program
  #controlUrl: string

  /** @param name of which there is one in a lab: its UUID is made of it */
  static async start(host: Host, name = 'Renderer'): Promise<Gmediarender> {
    const uuid = Buffer.from(name.padEnd(16, '.')).toString('hex').slice(0, 32)
    const program = host.start([
      ...['gmediarender', '-f', name, '-u', uuid, '-I', host.interfaceName, '--logfile=stdout'],
      ...['--gstout-audiopipe', 'audioconvert ! fakesink sync=true'],
      ...['--gstout-videopipe', 'videoconvert ! fakesink sync=true'],
    ])
    const location = await waitFor('gmediarender', async () => {
      const [found] = await discover(host, MEDIA_RENDERER, 1)
      return found?.location
    })
    const { text } = await fetchFrom(host, location)
    const [, controlPath = ''] =
      text.match(/service:AVTransport:1[\s\S]*?<controlURL>([^<]+)<\/controlURL>/) ?? []
    return new Gmediarender(host, program, new URL(controlPath, location).href)
  }

  private constructor(host: Host, program: Program, controlUrl: string) {
    this.#host = host
    this.#program = program
    this.#controlUrl = controlUrl
  }

  /** Without a byebye. */
  kill(): void {
    this.#program.signalGroup('SIGKILL')
  }

  /** Plays and waits until time passes. */
  async play(item: FoundItem): Promise<void> {
    const { url, metadata } = item
    await this.#invoke('SetAVTransportURI', { CurrentURI: url, CurrentURIMetaData: metadata })
    await this.#invoke('Play', { Speed: '1' })
    await this.timePasses(0)
  }

  /** Waits until it plays between `seconds` and a few seconds later: it has got there, and it goes on. */
  async timePasses(seconds: number): Promise<void> {
    await waitFor(`the renderer to play at ${seconds} s`, async () => {
      const time = await this.time()
      return time > seconds && time < seconds + TOLERANCE_SECONDS
    })
  }

  async seek(seconds: number): Promise<void> {
    const target = new Date(seconds * 1_000).toISOString().slice(11, 19)
    await this.#invoke('Seek', { Unit: 'REL_TIME', Target: target })
  }

  /** Seconds. */
  async time(): Promise<number> {
    const answer = await this.#invoke('GetPositionInfo', {})
    const [, hours, minutes, seconds] = answer.match(/<RelTime>(\d+):(\d+):(\d+)/) ?? []
    return Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds)
  }

  #invoke(action: string, parameters: Readonly<Record<string, string>>): Promise<string> {
    const all = { InstanceID: '0', ...parameters }
    return invoke(this.#host, this.#controlUrl, [AV_TRANSPORT, action], all)
  }
}
