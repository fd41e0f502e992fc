export const SSDP_PORT = 1_900

/**
 * Where SSDP takes place (UDA 1.0, 1.1; for IPv6 UDA 1.1, A.2): `ipv6-link` ends at the first router,
 * `ipv6-site` where the site does.
 */
export const SSDP_GROUPS = {
  ipv4: '239.255.255.250',
  'ipv6-link': 'ff02::c',
  'ipv6-site': 'ff05::c',
} as const

export type Scope = keyof typeof SSDP_GROUPS

/** The HOST header of what is multicast. */
export const SSDP_HOSTS: Readonly<Record<Scope, string>> = {
  ipv4: `${SSDP_GROUPS.ipv4}:${SSDP_PORT}`,
  'ipv6-link': `[FF02::C]:${SSDP_PORT}`,
  'ipv6-site': `[FF05::C]:${SSDP_PORT}`,
}
