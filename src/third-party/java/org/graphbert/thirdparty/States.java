package org.graphbert.thirdparty;

import ai.onnxruntime.OrtException;
import org.graphbert.evaluate.PaddedQueries;

/** A model that gives the last layer's hidden states of a padded batch. */
interface States extends AutoCloseable {

    /** [B][S][H]; padding's are of no meaning. */
    float[][][] of(PaddedQueries batch) throws OrtException;

    @Override
    void close() throws OrtException;
}
