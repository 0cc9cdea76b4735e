package org.graphbert.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.tensorflow.proto.Feature;
import org.tensorflow.proto.FloatList;
import org.tensorflow.proto.Int64List;

/** The hand-written codec against TensorFlow's own classes. */
class ExampleCodecTest {

    @Property(tries = 200)
    void protobufReadsWhatWeWrite(
            @ForAll @IntRange(min = 1, max = 300) int length, @ForAll @IntRange(min = 1, max = 60) int room, @ForAll long seed)
            throws InvalidProtocolBufferException {
        Example example = random(length, room, seed);
        Map<String, Feature> features =
                org.tensorflow.proto.Example.parseFrom(ExampleEncoder.encode(example)).getFeatures().getFeatureMap();
        assertEquals(7, features.size());
        assertEquals(proto(example).getFeatures().getFeatureMap(), features);
    }

    /** Protobuf sorts the features by name when told to. */
    @Property(tries = 300)
    void theBytesAreProtobufsInAlphabeticalOrder(
            @ForAll @IntRange(min = 1, max = 600) int length, @ForAll @IntRange(min = 1, max = 60) int room, @ForAll long seed)
            throws IOException {
        Example example = random(length, room, seed);
        ByteArrayOutputStream sorted = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(sorted);
        out.useDeterministicSerialization();
        proto(example).writeTo(out);
        out.flush();
        assertArrayEquals(sorted.toByteArray(), ExampleEncoder.encode(example));
        assertArrayEquals(TfRecord.frame(sorted.toByteArray()), ExampleEncoder.frame(example));
    }

    @Property(tries = 200)
    void weReadWhatProtobufWrites(
            @ForAll @IntRange(min = 1, max = 300) int length, @ForAll @IntRange(min = 1, max = 60) int room, @ForAll long seed) {
        Example example = random(length, room, seed);
        same(example, ExampleDecoder.decode(proto(example).toByteArray()));
        same(example, ExampleDecoder.decode(ExampleEncoder.encode(example)));
    }

    @Test
    void otherFeaturesAreSkipped() {
        Example example = random(16, 4, 1);
        org.tensorflow.proto.Example.Builder more = proto(example).toBuilder();
        more.getFeaturesBuilder().putFeature("comment", floats(new float[] {1}));
        same(example, ExampleDecoder.decode(more.build().toByteArray()));
    }

    /** Numbers one by one, as old writers have them, split over two lists, features in any order and twice: the last counts. */
    @Property(tries = 200)
    void anyLayoutOfTheSameRecord(@ForAll long seed) {
        Random random = new Random(seed);
        Example example = random(1 + random.nextInt(200), 1 + random.nextInt(30), seed);
        List<byte[]> entries = new ArrayList<>();
        proto(example).getFeatures().getFeatureMap().forEach((name, feature) -> entries.add(entry(name, loose(feature, random))));
        entries.add(entry("extra", loose(ints(1, 2, 3), random)));
        entries.add(field(7, "unknown to all".getBytes(StandardCharsets.UTF_8)));
        Collections.shuffle(entries, random);
        entries.add(0, entry("input_ids", loose(ints(9, 9), random)));
        ByteArrayOutputStream features = new ByteArrayOutputStream();
        ByteArrayOutputStream record = new ByteArrayOutputStream();
        for (byte[] entry : entries) { // in several Features messages, which a parser merges
            features.writeBytes(entry);
            if (random.nextInt(3) == 0) {
                record.writeBytes(field(1, features.toByteArray()));
                features.reset();
            }
        }
        record.writeBytes(field(1, features.toByteArray()));
        same(example, ExampleDecoder.decode(record.toByteArray()));
        byte[] within = new byte[record.size() + 9];
        System.arraycopy(record.toByteArray(), 0, within, 5, record.size());
        same(example, ExampleDecoder.decode(within, 5, 5 + record.size()));
    }

    /** Bytes changed anywhere: what both parsers accept they read alike, and what protobuf refuses is no record for us. */
    @Property(tries = 3000)
    void changedBytesAreReadAsProtobufReadsThem(@ForAll long seed) {
        Random random = new Random(seed);
        Example example = random(12, 3, seed);
        byte[] bytes = random.nextBoolean() ? ExampleEncoder.encode(example) : proto(example).toByteArray();
        for (int i = random.nextInt(3); i >= 0; i--) {
            bytes[random.nextInt(bytes.length)] = (byte) (random.nextBoolean() ? random.nextInt(256) : random.nextInt(40));
        }
        Example ours;
        try {
            ours = ExampleDecoder.decode(bytes);
        } catch (IllegalArgumentException e) {
            return;
        }
        Map<String, Feature> theirs;
        try {
            theirs = org.tensorflow.proto.Example.parseFrom(bytes).getFeatures().getFeatureMap();
        } catch (InvalidProtocolBufferException e) {
            return; // in a feature that is skipped here
        }
        assertEquals(longs(ours.inputIds()), theirs.get("input_ids").getInt64List().getValueList());
        assertEquals(longs(ours.inputMask()), theirs.get("input_mask").getInt64List().getValueList());
        assertEquals(longs(ours.segmentIds()), theirs.get("segment_ids").getInt64List().getValueList());
        assertEquals(longs(ours.maskedLmPositions()), theirs.get("masked_lm_positions").getInt64List().getValueList());
        assertEquals(longs(ours.maskedLmIds()), theirs.get("masked_lm_ids").getInt64List().getValueList());
        assertEquals(floats(ours.maskedLmWeights()), theirs.get("masked_lm_weights"));
        assertEquals(longs(ours.nextSentenceLabel()), theirs.get("next_sentence_labels").getInt64List().getValueList());
    }

    @Test
    void faultsAreNamed() {
        Example example = random(16, 4, 1);
        fault(example, b -> b.getFeaturesBuilder().removeFeature("segment_ids"), "feature segment_ids is missing");
        fault(example, b -> b.getFeaturesBuilder().putFeature("input_ids", floats(new float[16])),
                "feature input_ids is not a list of int64");
        fault(example, b -> b.getFeaturesBuilder().putFeature("input_mask", ints(new int[15])),
                "input_mask has 15 elements, expected 16 as input_ids");
        fault(example, b -> b.getFeaturesBuilder().putFeature("next_sentence_labels", ints(2)),
                "next_sentence_labels is 2, expected 0 or 1");
        fault(example, b -> b.getFeaturesBuilder().putFeature("next_sentence_labels", ints(0, 1)),
                "next_sentence_labels has 2 elements, expected 1");
        fault(example, b -> b.getFeaturesBuilder().putFeature("input_ids", ints(Arrays.copyOf(new int[] {7, -1}, 16))),
                "input_ids holds -1, expected 0 to 2147483647");
        fault(example, b -> b.getFeaturesBuilder().putFeature("input_ids",
                Feature.newBuilder().setInt64List(Int64List.newBuilder().addValue(1L << 32)).build()),
                "input_ids holds 4294967296, expected a 32-bit number");
        fault(example, b -> b.getFeaturesBuilder().putFeature("masked_lm_positions", ints(0, 0, 0, 16)),
                "masked_lm_positions holds 16, expected 0 to 15");
    }

    @Property(tries = 300)
    void damageIsAnIllegalArgument(@ForAll long seed) {
        Random random = new Random(seed);
        byte[] bytes = ExampleEncoder.encode(random(16, 4, seed));
        byte[] bad = Arrays.copyOf(bytes, random.nextInt(bytes.length));
        if (bad.length > 0) {
            bad[random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(8));
        }
        assertThrows(IllegalArgumentException.class, () -> ExampleDecoder.decode(bad));
    }

    static Example random(int length, int room, long seed) {
        Random random = new Random(seed);
        int tokens = 1 + random.nextInt(length);
        int[] mask = new int[length];
        Arrays.fill(mask, 0, tokens, 1);
        float[] weights = new float[room];
        Arrays.fill(weights, 0, random.nextInt(room + 1), 1);
        return new Example(
                random.ints(length, 0, random.nextBoolean() ? 30000 : Integer.MAX_VALUE).toArray(),
                mask,
                random.ints(length, 0, 2).toArray(),
                random.ints(room, 0, length).sorted().toArray(),
                random.ints(room, 0, 30000).toArray(),
                weights,
                random.nextInt(2));
    }

    static void same(Example expected, Example found) {
        assertArrayEquals(expected.inputIds(), found.inputIds());
        assertArrayEquals(expected.inputMask(), found.inputMask());
        assertArrayEquals(expected.segmentIds(), found.segmentIds());
        assertArrayEquals(expected.maskedLmPositions(), found.maskedLmPositions());
        assertArrayEquals(expected.maskedLmIds(), found.maskedLmIds());
        assertArrayEquals(expected.maskedLmWeights(), found.maskedLmWeights());
        assertEquals(expected.nextSentenceLabel(), found.nextSentenceLabel());
    }

    static org.tensorflow.proto.Example proto(Example example) {
        org.tensorflow.proto.Example.Builder builder = org.tensorflow.proto.Example.newBuilder();
        builder.getFeaturesBuilder()
                .putFeature("input_ids", ints(example.inputIds()))
                .putFeature("input_mask", ints(example.inputMask()))
                .putFeature("segment_ids", ints(example.segmentIds()))
                .putFeature("masked_lm_positions", ints(example.maskedLmPositions()))
                .putFeature("masked_lm_ids", ints(example.maskedLmIds()))
                .putFeature("masked_lm_weights", floats(example.maskedLmWeights()))
                .putFeature("next_sentence_labels", ints(example.nextSentenceLabel()));
        return builder.build();
    }

    private static List<Long> longs(int... values) {
        return Arrays.stream(values).asLongStream().boxed().toList();
    }

    /** An entry of the map of features, key and value in either order. */
    private static byte[] entry(String name, byte[] feature) {
        byte[] key = field(1, name.getBytes(StandardCharsets.UTF_8));
        byte[] value = field(2, feature);
        return field(1, name.length() % 2 == 0 ? join(key, value) : join(value, key));
    }

    /** A Feature whose numbers stand one by one, or packed in two runs, or both. */
    private static byte[] loose(Feature feature, Random random) {
        boolean floats = feature.hasFloatList();
        List<byte[]> numbers = new ArrayList<>();
        feature.getFloatList().getValueList().forEach(value ->
                numbers.add(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putFloat(value).array()));
        feature.getInt64List().getValueList().forEach(value -> numbers.add(varint(value)));
        int packed = random.nextBoolean() ? 0 : random.nextInt(numbers.size() + 1);
        ByteArrayOutputStream list = new ByteArrayOutputStream();
        list.writeBytes(field(1, join(numbers.subList(0, packed).toArray(byte[][]::new))));
        for (byte[] number : numbers.subList(packed, numbers.size())) {
            list.writeBytes(join(varint(1 << 3 | (floats ? 5 : 0)), number));
        }
        return field(floats ? 2 : 3, list.toByteArray());
    }

    private static byte[] field(int number, byte[] contents) {
        return join(varint(number << 3 | 2), varint(contents.length), contents);
    }

    private static byte[] varint(long value) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (long rest = value; ; rest >>>= 7) {
            if (rest >>> 7 == 0) {
                out.write((int) rest);
                return out.toByteArray();
            }
            out.write((int) (rest & 0x7F | 0x80));
        }
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    private static Feature ints(int... values) {
        List<Long> boxed = Arrays.stream(values).asLongStream().boxed().toList();
        return Feature.newBuilder().setInt64List(Int64List.newBuilder().addAllValue(boxed)).build();
    }

    private static Feature floats(float[] values) {
        FloatList.Builder list = FloatList.newBuilder();
        for (float value : values) {
            list.addValue(value);
        }
        return Feature.newBuilder().setFloatList(list).build();
    }

    private static void fault(
            Example example, Consumer<org.tensorflow.proto.Example.Builder> change, String message) {
        org.tensorflow.proto.Example.Builder builder = proto(example).toBuilder();
        change.accept(builder);
        byte[] bytes = builder.build().toByteArray();
        String found = assertThrows(IllegalArgumentException.class, () -> ExampleDecoder.decode(bytes)).getMessage();
        assertTrue(found.contains(message), found);
    }
}
