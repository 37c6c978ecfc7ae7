/** Fanlight's native API with the types of its OpenAPI document. Sends what it is given, no more. */
import { type Client } from 'openapi-fetch';
import type { components, paths } from '../client/schema.ts';
/** The forms of requests and replies by their names, such as `Schemas['Customer']`. */
export type Schemas = components['schemas'];
/** What every failed call answers. */
export type Problem = Schemas['Problem'];
/** The calls under `/v1`. */
export type NativePaths = {
    [Path in keyof paths as Path extends `/v1/${string}` ? Path : never]: paths[Path];
};
export interface Options {
    /** Where the server answers, with its base path if it has one. */
    readonly baseUrl: string;
    /** An API token or the admin key. It belongs into a back end, never into a page. */
    readonly token: string;
}
/**
 * A client whose calls return `data` when they succeed and `error`, a [Problem], when they fail. They
 * reject only when no answer arrives.
 */
export declare function createClient({ baseUrl, token }: Options): Client<NativePaths>;
