/**
 * AWS API Gateway usage plans: the JSON of `get-usage-plan(s)`, or the resources of a CloudFormation template.
 * @module
 */
import {
  type AppliesTo,
  type FoundLimit,
  isMap,
  type LeftOut,
  type LimitsFormat,
  type LimitsInput,
  mapsIn,
  operationsAt,
  wholeNumber,
  wholeRate,
} from './limits.js';
import { windowIn } from './periods.js';

const TYPE = 'AWS::ApiGateway::UsagePlan';

/** Reads usage plans of AWS API Gateway. */
export const awsUsagePlan: LimitsFormat = {
  title: 'AWS API Gateway usage plan',
  shape: 'a map with throttle or quota, or a CloudFormation template with an AWS::ApiGateway::UsagePlan',
  matches: (value) => plansOf(value).length > 0,
  read(input) {
    const plans = plansOf(input.value);
    const limits: FoundLimit[] = [];
    const leftOut: LeftOut[] = [];
    for (const { plan, path, name } of plans) {
      const planName = plans.length > 1 ? name : undefined;
      readThrottle(input, plan['throttle'], [...path, 'throttle'], { plan: planName }, limits, leftOut);
      for (const [i, stage] of mapsIn(plan['apistages']).entries())
        for (const [method, throttle] of isMap(stage['throttle']) ? Object.entries(stage['throttle']) : []) {
          const at = [...path, 'apiStages', i, 'throttle', method];
          const operation = operationOf(input, method);
          if (operation.length === 0)
            leftOut.push({ place: at.join('.'), why: `the document has no operation ${method}` });
          else
            readThrottle(input, lowerKeys(throttle), at, { plan: planName, applies: { operation } }, limits, leftOut);
        }
      readQuota(input, plan['quota'], [...path, 'quota'], planName, limits, leftOut);
    }
    return { limits, leftOut, body: { message: 'Too Many Requests' }, headers: [] };
  },
};

interface Plan {
  /** With keys in lower case: CloudFormation writes `Throttle`, the command line `throttle`. */
  readonly plan: Record<string, unknown>;
  readonly path: readonly PropertyKey[];
  readonly name: string;
}

function plansOf(value: unknown): Plan[] {
  if (!isMap(value)) return [];
  if (isMap(value['Resources']))
    return Object.entries(value['Resources']).flatMap(([id, resource]) => {
      if (!isMap(resource) || resource['Type'] !== TYPE || !isMap(resource['Properties'])) return [];
      const plan = lowerKeys(resource['Properties']) as Record<string, unknown>;
      return [{ plan, path: ['Resources', id, 'Properties'], name: text(plan['usageplanname']) ?? id }];
    });
  const list = Array.isArray(value['items']) ? mapsIn(value['items']) : [value];
  return list
    .filter(
      (one) =>
        (isMap(one['throttle']) && isRate(one['throttle'])) ||
        (isMap(one['quota']) && one['quota']['period'] !== undefined),
    )
    .map((one, i) => ({
      plan: lowerKeys(one) as Record<string, unknown>,
      path: Array.isArray(value['items']) ? ['items', i] : [],
      name: text(one['name']) ?? text(one['id']) ?? `plan-${i + 1}`,
    }));
}

function isRate(throttle: Record<string, unknown>): boolean {
  return throttle['rateLimit'] !== undefined || throttle['burstLimit'] !== undefined;
}

/** Keys in lower case, two levels deep. Keys of methods (`/pets/GET`) stay as they are. */
function lowerKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(lowerKeys);
  if (!isMap(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key.startsWith('/') ? key : key.toLowerCase(), lowerKeys(inner)]),
  );
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** A method is `/pets/GET`, or with the path's slashes as `~1`: `~1pets/GET`. `*` stands for all. */
function operationOf({ document }: LimitsInput, method: string): string[] {
  const plain = method.replaceAll('~1', '/');
  const slash = plain.lastIndexOf('/');
  const [path, verb] = [plain.slice(0, slash) || '/', plain.slice(slash + 1)];
  return operationsAt(document, path, verb === '*' || verb === 'ANY' ? undefined : verb);
}

function readThrottle(
  input: LimitsInput,
  throttle: unknown,
  path: readonly PropertyKey[],
  on: { readonly plan: string | undefined; readonly applies?: AppliesTo },
  limits: FoundLimit[],
  leftOut: LeftOut[],
): void {
  if (!isMap(throttle)) return;
  const rate = throttle['ratelimit'];
  if (typeof rate !== 'number') {
    const why = `it has no number as rateLimit${rate === undefined ? '' : ` (${JSON.stringify(rate)})`}`;
    leftOut.push({ place: path.join('.'), why });
    return;
  }
  const whole = wholeRate(rate);
  if (!whole) {
    leftOut.push({
      place: [...path, 'rateLimit'].join('.'),
      why: `${rate} a second is no whole number in any window up to 1000 s`,
    });
    return;
  }
  const burst = throttle['burstlimit'];
  limits.push({
    quota: burst === undefined ? whole.units : wholeNumber(input, burst, [...path, 'burstLimit']),
    window: { length: whole.length, start: 'first-request' },
    algorithm: 'token-bucket',
    refill: whole.units,
    by: 'caller',
    ...on,
    note: `${path.join('.')}: a token bucket, as AWS describes its throttling`,
  });
}

function readQuota(
  input: LimitsInput,
  quota: unknown,
  path: readonly PropertyKey[],
  plan: string | undefined,
  limits: FoundLimit[],
  leftOut: LeftOut[],
): void {
  if (!isMap(quota)) return;
  const window = windowIn(String(quota['period']), 'utc');
  if (!window)
    input.fail([...path, 'period'], `${JSON.stringify(quota['period'])} is not a period`, 'write DAY, WEEK or MONTH');
  if (quota['offset'] !== undefined && quota['offset'] !== 0)
    leftOut.push({
      place: [...path, 'offset'].join('.'),
      why: 'the first period begins with requests already used; seed it with PUT /quotas',
    });
  limits.push({
    quota: wholeNumber(input, quota['limit'], [...path, 'limit']),
    window,
    algorithm: 'fixed-window',
    by: 'caller',
    plan,
    note: `${path.join('.')}; AWS answers Limit Exceeded in place of Too Many Requests`,
  });
}
