/**
 * `price`: what a request would cost by rules such as a policy's, without any side effect.
 * @module
 */
import type { z } from 'zod';
import { compileTemplate, renewable } from '../limits/render/template.js';
import { compileCost } from '../limits/rules/cost.js';
import type { Zod } from '../limits/zod.js';
import { defineBehaviour } from './behaviour.js';
import { withScope } from './collections/shared.js';
import { cost, json, status } from './options.js';

const options = (z: Zod) =>
  z
    .strictObject({
      cost: cost(z).describe('What the request costs, as in a policy'),
      scale: z
        .int()
        .positive()
        .default(1)
        .describe('The cost is rounded to multiples of 1/scale (100: cents of a dollar)'),
      status: status(z).default(200),
      body: json(z).describe('Template of the body; may use cost'),
    })
    .describe('Tells what a request would cost');

/** The behaviour `price`. */
export const price = defineBehaviour<z.infer<ReturnType<typeof options>>>({
  name: 'price',
  options,
  templates: ({ body }) => [body],
  compile({ cost: rules, scale, status: code, body }) {
    const units = compileCost(rules, scale);
    const answer = compileTemplate(body);
    return ({ facts, scope, now }) => {
      const named = withScope(scope, { cost: units(facts) / scale });
      return { status: code, ...renewable(answer, named, now) };
    };
  },
});
