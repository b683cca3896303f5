import { describe, expect, it } from 'vitest';
import { renderReport } from '../../../src/verdict/render/index.js';
import { clean, mixed, requests, twoCallers, unused, warned } from './reports.js';
import { faultsOfJunit } from './schemas.js';

describe('a report as JUnit XML', () => {
  it('fits the schema of Jenkins', async () => {
    const texts = [mixed, warned, clean, unused, twoCallers].flatMap((report) =>
      (['error', 'warn'] as const).map((failOn) => renderReport(report, 'junit', { failOn, requests })),
    );
    expect(await faultsOfJunit(...texts)).toEqual([]);
  });

  it('would be found not to fit', async () => {
    const text = renderReport(mixed, 'junit');
    expect(await faultsOfJunit(text.replace('<properties>', '<property/><properties>'))).not.toEqual([]);
    expect(await faultsOfJunit(text.replace(' name="shop"', ''))).not.toEqual([]);
    expect(await faultsOfJunit(text.replace('</testsuites>', ''))).not.toEqual([]);
  });

  it('has a suite for each provider, a case for each check, and a failure for each error', () => {
    expect(renderReport(mixed, 'junit', { requests })).toMatchInlineSnapshot(`
      "<?xml version="1.0" encoding="UTF-8"?>
      <testsuites name="mock429" tests="5" failures="1" errors="0">
        <testsuite name="shop" id="0" tests="3" failures="1" errors="0" skipped="0" time="71.000">
          <properties>
            <property name="title" value="Shop API"/>
            <property name="verdict" value="fail"/>
            <property name="requests" value="106"/>
            <property name="admitted" value="100"/>
            <property name="refused" value="6"/>
            <property name="succeeded" value="98"/>
            <property name="rejected" value="1"/>
            <property name="failed" value="1"/>
            <property name="spanMs" value="71000"/>
            <property name="toldToWaitMs" value="46000"/>
            <property name="waitedMs" value="23412"/>
            <property name="longestRefusalStreak" value="4"/>
            <property name="throughput.policy" value="key-minute"/>
            <property name="throughput.unit" value="requests"/>
            <property name="throughput.used" value="100"/>
            <property name="throughput.possible" value="200"/>
            <property name="requests.lost" value="12"/>
            <property name="warnings" value="1"/>
          </properties>
          <testcase classname="mock429.shop" name="retry-too-early">
            <failure message="came back 412 ms after being told to wait 23 s, on key shop_…bbbb, 3 times" type="error">error: Came back before it was told to
      came back 412 ms after being told to wait 23 s, on key shop_…bbbb, 3 times
        requests 101, 102, 103, 104: GET /links (listLinks), POST /links (createLink), GET /nothing
      advice: Wait as long as Retry-After says
        documented: “Limits”
        https://shop.example/limits</failure>
          </testcase>
          <testcase classname="mock429.shop" name="hammering"/>
          <testcase classname="mock429.shop" name="no-jitter">
            <system-out>warn: Came back all at once
      4 refused requests came back within 2 ms, on key shop_…bbbb
        requests 90, 91, 92, 93, 94, 95, 96, 97, 98, 99, 100, 101 and 7 more: GET /links (listLinks)
      advice: Add some random time to each wait
        inferred: “Limits”
        https://shop.example/limits
        its sample adds 10 %</system-out>
          </testcase>
          <system-err>warning: no-jitter: 4 refused requests came back within 2 ms, on key shop_…bbbb</system-err>
        </testsuite>
        <testsuite name="calm" id="1" tests="2" failures="0" errors="0" skipped="1" time="0.000">
          <properties>
            <property name="title" value="Calm API"/>
            <property name="verdict" value="pass"/>
            <property name="requests" value="1"/>
            <property name="admitted" value="1"/>
            <property name="refused" value="0"/>
            <property name="succeeded" value="1"/>
            <property name="rejected" value="1"/>
            <property name="failed" value="0"/>
            <property name="spanMs" value="0"/>
            <property name="toldToWaitMs" value="0"/>
            <property name="waitedMs" value="0"/>
            <property name="longestRefusalStreak" value="0"/>
            <property name="requests.lost" value="12"/>
            <property name="warnings" value="0"/>
          </properties>
          <testcase classname="mock429.calm" name="hammering"/>
          <testcase classname="mock429.calm" name="no-jitter">
            <skipped>nothing to judge</skipped>
          </testcase>
        </testsuite>
      </testsuites>
      "
    `);
  });

  it('has failures for warnings when they fail', () => {
    const failures = (text: string) => text.match(/<failure /g)?.length ?? 0;
    expect(failures(renderReport(warned, 'junit'))).toBe(0);
    const text = renderReport(warned, 'junit', { failOn: 'warn' });
    expect(failures(text)).toBe(1);
    expect(text).toContain('<testsuites name="mock429" tests="2" failures="1" errors="0">');
    expect(text).toContain('type="warn"');
  });

  it('tells warnings that fail nothing of the suite as well, with how many there are', async () => {
    const text = renderReport(warned, 'junit');
    expect(text).toContain('<property name="warnings" value="1"/>');
    expect(text).toContain(
      '    <system-err>warning: no-jitter: 4 refused requests came back within 2 ms, on key shop_…bbbb</system-err>\n  </testsuite>',
    );
    const failing = renderReport(warned, 'junit', { failOn: 'warn' });
    expect(failing).toContain('<property name="warnings" value="0"/>');
    expect(failing).not.toContain('<system-err>');
  });

  it('has one failure for a check that several callers broke, with all that they did', () => {
    const [, failure] = /(<failure[\s\S]*?<\/failure>)/.exec(renderReport(twoCallers, 'junit'))!;
    expect(failure).toContain(
      'message="came back 412 ms after being told to wait 23 s, on key shop_…bbbb, 3 times (and 1 more)"',
    );
    expect(failure).toContain('\ncame back at once\n');
  });
});
