import { act, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { useLater } from "./use-later";

const Part = () => <p>the part</p>;

function Host({ load, isNeeded }: { load: () => Promise<{ default: typeof Part }>; isNeeded: boolean }) {
  const Later = useLater(load, isNeeded);
  return Later && <Later />;
}

describe("a part that is loaded later", () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it("comes by itself after the page, for when there is no network", async () => {
    const load = vi.fn(async () => ({ default: Part }));
    render(<Host load={load} isNeeded={false} />);
    await act(() => vi.advanceTimersByTimeAsync(1_000));
    expect(load).not.toHaveBeenCalled();
    await act(() => vi.advanceTimersByTimeAsync(10_000));
    expect(screen.getByText("the part")).toBeInTheDocument();
    expect(load).toHaveBeenCalledTimes(1);
  });

  it("is tried for again while it is needed, and breaks nothing meanwhile", async () => {
    const load = vi.fn().mockRejectedValueOnce(new TypeError("offline")).mockResolvedValue({ default: Part });
    render(<Host load={load} isNeeded />);
    await act(() => vi.advanceTimersByTimeAsync(1));
    expect(load).toHaveBeenCalledTimes(1);
    expect(screen.queryByText("the part")).toBeNull();
    await act(() => vi.advanceTimersByTimeAsync(10_000));
    expect(screen.getByText("the part")).toBeInTheDocument();
  });

  it("is asked for no more once nobody shows it", async () => {
    const load = vi.fn().mockRejectedValue(new TypeError("offline"));
    const { unmount } = render(<Host load={load} isNeeded />);
    await act(() => vi.advanceTimersByTimeAsync(1));
    unmount();
    await act(() => vi.advanceTimersByTimeAsync(60_000));
    expect(load).toHaveBeenCalledTimes(1);
  });
});
