/** Fanlight's native API with the types of its OpenAPI document. Sends what it is given, no more. */
import createFetch, {} from 'openapi-fetch';
/**
 * A client whose calls return `data` when they succeed and `error`, a [Problem], when they fail. They
 * reject only when no answer arrives.
 */
export function createClient({ baseUrl, token }) {
    return createFetch({ baseUrl, headers: { Authorization: `Bearer ${token}` } });
}
