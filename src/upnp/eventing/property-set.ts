import { element } from '../xml/xml.ts'

const EVENT_NAMESPACE = 'urn:schemas-upnp-org:event-1-0'

/** The body of an event (UPnP Device Architecture 1.0, 4.2.1): one property for each variable. */
export function propertySet(variables: ReadonlyMap<string, string>): string {
  const properties = [...variables].map(([name, value]) =>
    element('e:property', {}, element(name, {}, value)),
  )
  return element('e:propertyset', { 'xmlns:e': EVENT_NAMESPACE }, properties).toString()
}
