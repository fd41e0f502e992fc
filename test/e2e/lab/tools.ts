import { spawnSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'vitest'

/** Debian's Python: libtorrent's binding is installed for this one alone. */
export const DEBIAN_PYTHON = '/usr/bin/python3'

/** The Python that packages of PyPI are installed for: in a virtual environment, as .ci/run makes it. */
export const PIP_PYTHON = process.env.E2E_PYTHON ?? 'python3'

const DEBIAN_PACKAGES = {
  aria2c: 'aria2',
  chromium: 'chromium',
  'avahi-browse': 'avahi-daemon avahi-utils',
  bash: 'bash',
  curl: 'curl',
  cvlc: 'vlc-bin vlc-plugin-base',
  ffmpeg: 'ffmpeg',
  ffprobe: 'ffmpeg',
  fish: 'fish',
  gmediarender:
    'gmediarender gstreamer1.0-plugins-base gstreamer1.0-plugins-good gstreamer1.0-libav',
  'gssdp-discover': 'gupnp-tools',
  ip: 'iproute2',
  kodi: 'kodi',
  losetup: 'mount',
  'dbus-daemon': 'dbus',
  minidlnad: 'minidlna',
  miniupnpd: 'miniupnpd-nftables',
  'mkfs.exfat': 'exfatprogs',
  'mount.exfat-fuse': 'exfat-fuse',
  nft: 'nftables',
  pulseaudio: 'pulseaudio',
  setpriv: 'util-linux',
  'transmission-daemon': 'transmission-daemon',
  Xvfb: 'xvfb',
  zsh: 'zsh',
} as const

/** The last three are no commands, but what a test cannot do without. */
export type Tool =
  | keyof typeof DEBIAN_PACKAGES
  | 'root'
  | 'python3-libtorrent'
  | 'async-upnp-client'

const NETWORK_TOOLS: readonly Tool[] = ['root', 'ip', 'curl']
const MEDIA_TOOLS: readonly Tool[] = ['ffmpeg', 'python3-libtorrent']

/**
 * A `describe` whose tests run real programs. What is missing fails the suite by name where
 * `CI=true`, and skips it, also by name, elsewhere.
 */
export function describeWithTools(tools: readonly Tool[], name: string, body: () => void): void {
  const needed = new Set([...NETWORK_TOOLS, ...MEDIA_TOOLS, ...tools])
  const missing = [...needed].filter((tool) => !isPresent(tool)).map(describeTool)
  if (missing.length === 0) {
    describe(name, body)
  } else if (process.env.CI === 'true') {
    it(name, () => {
      throw new Error(`missing: ${missing.join(', ')}`)
    })
  } else {
    describe.skip(`${name} (missing: ${missing.join(', ')})`, body)
  }
}

/** Whether this process may make network namespaces. */
export function canIsolate(): boolean {
  return spawnSync('unshare', ['--net', 'true']).status === 0
}

function isPresent(tool: Tool): boolean {
  if (tool === 'root') return canIsolate()
  if (tool === 'python3-libtorrent') {
    return spawnSync(DEBIAN_PYTHON, ['-c', 'import libtorrent']).status === 0
  }
  if (tool === 'async-upnp-client') {
    return spawnSync(PIP_PYTHON, ['-c', 'import async_upnp_client']).status === 0
  }
  const folders = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/sbin']
  return folders.some((folder) => isExecutable(join(folder, tool)))
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

function describeTool(tool: Tool): string {
  if (tool === 'root') return 'root (network namespaces)'
  if (tool === 'python3-libtorrent') return tool
  if (tool === 'async-upnp-client') return `${tool} (PyPI, for $E2E_PYTHON)`
  return `${tool} (Debian: ${DEBIAN_PACKAGES[tool]})`
}
