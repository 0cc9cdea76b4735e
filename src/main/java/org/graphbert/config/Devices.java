package org.graphbert.config;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The devices of this machine that a run is computed on, each with a part of every batch: {@code auto}, all GPUs or else the
 * CPU; {@code cpu:N}, the CPU as N devices; {@code gpu:0,1}, GPUs by TensorFlow's numbers.
 *
 * @param kind auto where they are still to be found out
 * @param numbers of the devices, none of them twice; empty where they are still to be found out
 */
public record Devices(DeviceChoice kind, List<Integer> numbers) {

    /** More is no machine, but a slip. */
    private static final int MOST = 256;

    public Devices {
        numbers = List.copyOf(numbers);
    }

    /**
     * As a configuration has them.
     *
     * @throws Failure (usage) if that names no devices
     */
    public static Devices parse(String text) {
        if (text.equals("auto")) {
            return new Devices(DeviceChoice.AUTO, List.of());
        }
        try {
            if (text.matches("cpu:\\d+")) {
                int count = Integer.parseInt(text.substring("cpu:".length()));
                if (count >= 1 && count <= MOST) {
                    return cpus(count);
                }
            } else if (text.matches("gpu:\\d+(,\\d+)*")) {
                List<Integer> numbers = Arrays.stream(text.substring("gpu:".length()).split(",")).map(Integer::valueOf).toList();
                if (numbers.stream().distinct().count() == numbers.size()) {
                    return new Devices(DeviceChoice.GPU, numbers);
                }
            }
        } catch (NumberFormatException tooLarge) {
            // No device has such a number.
        }
        throw Failure.usage("devices is '%s', expected auto, cpu:N with N from 1 to %d, or gpu: and different numbers, e.g. gpu:0,1",
                text, MOST);
    }

    /** The CPU as so many devices. */
    public static Devices cpus(int count) {
        return new Devices(DeviceChoice.CPU, IntStream.range(0, count).boxed().toList());
    }

    /** The first GPUs. */
    public static Devices gpus(int count) {
        return new Devices(DeviceChoice.GPU, IntStream.range(0, count).boxed().toList());
    }

    /** How many there are; 0 where that is still to be found out. */
    public int count() {
        return numbers.size();
    }

    public boolean gpu() {
        return kind == DeviceChoice.GPU;
    }

    /** Whether it is the one that TensorFlow takes by itself. */
    public boolean plain() {
        return numbers.equals(List.of(0));
    }

    /** TensorFlow's names of them. */
    public List<String> names() {
        return numbers.stream().map(number -> "/device:" + kind.name() + ":" + number).toList();
    }

    @Override
    public String toString() {
        return switch (kind) {
            case AUTO -> "auto";
            case CPU -> "cpu:" + count();
            case GPU -> numbers.stream().map(Object::toString).collect(Collectors.joining(",", "gpu:", ""));
        };
    }
}
