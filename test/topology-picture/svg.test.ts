import { describe, expect, it } from 'vitest';
import { layOut } from '../../src/topology-picture/layout.ts';
import { svgText } from '../../src/topology-picture/svg.ts';
import { smallTopology, someServer } from '../support/topologies.ts';

const svgOf = (name: string) => svgText(layOut({ ...smallTopology, cluster: name, servers: [someServer({ name })] }));

describe('svgText', () => {
  it('keeps what comes from outside a text', () => {
    const svg = svgOf('</text><image href="x"/>&');

    expect(svg).toContain('&lt;/text&gt;&lt;image href=&quot;x&quot;/&gt;&amp;');
    expect(svg).not.toContain('<image');
  });

  it('has no character that XML does not allow', () => {
    expect(svgOf('a\u0000b\u001bc\u0085d')).not.toMatch(/[^\P{Cc}\n]/u);
  });

  it('says how large it is, and is white below', () => {
    const { width, height } = layOut(smallTopology);

    const [head, ground] = svgText(layOut(smallTopology)).split('\n');

    expect(head).toContain(`width="${width}" height="${height}"`);
    expect(ground).toBe(`<rect width="${width}" height="${height}" fill="#ffffff"/>`);
  });
});
