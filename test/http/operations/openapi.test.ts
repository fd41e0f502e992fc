import { Validator } from '@seriousme/openapi-schema-validator'
import { expect, test } from 'vitest'
import { API_ROUTES } from '../../../src/http/schemas/api-routes.ts'
import { openApiDocument } from '../../../src/http/schemas/openapi.ts'
import { FakeSession } from '../../helpers/fake-session.ts'
import { jsonOf, send, startHttpServer } from '../../helpers/http-client.ts'

interface Operation {
  readonly operationId: string
  readonly parameters: readonly { readonly name: string; readonly in: string }[]
}

test('the document is OpenAPI 3.1, and all that it refers to is there', async () => {
  const validator = new Validator()
  const { valid, errors } = await validator.validate(openApiDocument('1.2.3'))
  expect(errors ?? []).toEqual([])
  expect(valid).toBe(true)
  expect(validator.version).toBe('3.1')
  expect(() => validator.resolveRefs()).not.toThrow()
})

test('it is served, with every route and the parameters that requests are checked by', async () => {
  const port = await startHttpServer({ session: new FakeSession() })
  const answer = await send(port, 'GET', '/openapi.json')
  expect([answer.status, answer.headers['content-type']]).toEqual([200, 'application/json'])
  const { paths } = jsonOf(answer) as { paths: Record<string, Record<string, Operation>> }
  const operations = API_ROUTES.map(({ method, path }) => paths[path]?.[method.toLowerCase()])
  expect(operations).not.toContain(undefined)
  for (const path of ['/library', '/settings', '/control_points']) {
    expect(paths[path]?.get, path).toBeDefined()
  }
  const ids = operations.map((operation) => operation?.operationId)
  expect(new Set(ids).size).toBe(ids.length)
  const names = paths['/torrents']?.post?.parameters.map(({ name }) => name)
  expect(names).toEqual(
    expect.arrayContaining(['list_only', 'only_files_regex', 'peer_connect_timeout', 'paused']),
  )
})
