package io.cobrowse.load.capacity;

import java.util.Arrays;
import java.util.List;
import org.apache.commons.math3.distribution.TDistribution;
import org.apache.commons.math3.exception.MathIllegalStateException;
import org.apache.commons.math3.fitting.leastsquares.LeastSquaresBuilder;
import org.apache.commons.math3.fitting.leastsquares.LeastSquaresOptimizer.Optimum;
import org.apache.commons.math3.fitting.leastsquares.LevenbergMarquardtOptimizer;
import org.apache.commons.math3.fitting.leastsquares.MultivariateJacobianFunction;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.ArrayRealVector;
import org.apache.commons.math3.linear.MatrixUtils;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.linear.RealVector;
import org.apache.commons.math3.linear.SingularValueDecomposition;
import org.apache.commons.math3.util.Pair;
import org.jspecify.annotations.Nullable;

/**
 * The Universal Scalability Law (Gunther, 2007): the throughput at load N is lambda N / (1 + sigma (N - 1) + kappa N (N
 * - 1)). Immutable.
 *
 * @param lambda the throughput of one
 * @param sigma contention, 0 for none
 * @param kappa coherency, 0 for none
 */
public record Usl(Estimate lambda, Estimate sigma, Estimate kappa) {
    private static final int PARAMETERS = 3;
    private static final int MAX_EVALUATIONS = 10_000;
    /** Coefficients below this count as zero. */
    private static final double LEAST = 1e-12;

    /** Returns the expected throughput at a load. */
    public double at(double load) {
        return lambda.value() * load / denominator(load, sigma.value(), kappa.value());
    }

    private static double denominator(double load, double sigma, double kappa) {
        return 1 + sigma * (load - 1) + kappa * load * (load - 1);
    }

    /** Returns the load with the greatest throughput; infinite if throughput never falls. */
    public double peak() {
        return kappa.value() <= LEAST
                ? Double.POSITIVE_INFINITY
                : Math.sqrt(Math.max(0, 1 - sigma.value()) / kappa.value());
    }

    /**
     * Fits the law to measurements by least squares (Levenberg-Marquardt), with coefficients of at least 0.
     *
     * <p>The fitted parameters are lambda and the roots of sigma and kappa at the greatest load. These have the same
     * magnitude, whatever the loads, and their squares cannot be negative.
     *
     * @param loads above 0
     * @param throughputs at these loads
     * @return null if there are fewer than four different loads, or no fit is found
     */
    static @Nullable Usl fit(List<Double> loads, List<Double> throughputs) {
        if (loads.stream().distinct().count() <= PARAMETERS) {
            return null;
        }
        double[] n = loads.stream().mapToDouble(Double::doubleValue).toArray();
        double[] x = throughputs.stream().mapToDouble(Double::doubleValue).toArray();
        double most = Arrays.stream(n).max().orElseThrow();
        try {
            Optimum optimum = new LevenbergMarquardtOptimizer()
                    .optimize(new LeastSquaresBuilder()
                            .model(model(n, most))
                            .target(x)
                            .start(new double[] {x[0] / n[0], 0.3, 0.3})
                            .maxEvaluations(MAX_EVALUATIONS)
                            .maxIterations(MAX_EVALUATIONS)
                            .build());
            double[] point = natural(optimum.getPoint(), most);
            return withErrors(point, jacobian(n, point), optimum.getCost(), n.length);
        } catch (MathIllegalStateException noFit) {
            return null;
        }
    }

    /** Returns lambda, sigma and kappa. */
    private static double[] natural(RealVector point, double most) {
        double sigmaRoot = point.getEntry(1);
        double kappaRoot = point.getEntry(2);
        return new double[] {point.getEntry(0), sigmaRoot * sigmaRoot / most, kappaRoot * kappaRoot / (most * most)};
    }

    private static MultivariateJacobianFunction model(double[] n, double most) {
        return point -> {
            double[] natural = natural(point, most);
            RealVector values = new ArrayRealVector(n.length);
            for (int i = 0; i < n.length; i++) {
                values.setEntry(i, natural[0] * n[i] / denominator(n[i], natural[1], natural[2]));
            }
            RealMatrix byNatural = jacobian(n, natural);
            double[] inner = {1, 2 * point.getEntry(1) / most, 2 * point.getEntry(2) / (most * most)};
            return new Pair<>(values, byNatural.multiply(MatrixUtils.createRealDiagonalMatrix(inner)));
        };
    }

    /** Returns the derivatives of each throughput with respect to lambda, sigma and kappa. */
    private static RealMatrix jacobian(double[] n, double[] natural) {
        RealMatrix jacobian = new Array2DRowRealMatrix(n.length, PARAMETERS);
        for (int i = 0; i < n.length; i++) {
            double denominator = denominator(n[i], natural[1], natural[2]);
            double one = n[i] / denominator;
            jacobian.setEntry(i, 0, one);
            jacobian.setEntry(i, 1, -natural[0] * one * (n[i] - 1) / denominator);
            jacobian.setEntry(i, 2, -natural[0] * one * n[i] * (n[i] - 1) / denominator);
        }
        return jacobian;
    }

    private static Usl withErrors(double[] point, RealMatrix jacobian, double cost, int measurements) {
        int freedom = measurements - PARAMETERS;
        double t = new TDistribution(freedom).inverseCumulativeProbability(0.975);
        double scale = t * cost / Math.sqrt(freedom);
        Estimate[] estimates = new Estimate[PARAMETERS];
        // Each column is scaled to length 1, since their magnitudes differ by the square of the load.
        double[] lengths = new double[PARAMETERS];
        for (int i = 0; i < PARAMETERS; i++) {
            lengths[i] = jacobian.getColumnVector(i).getNorm();
            jacobian.setColumnVector(i, jacobian.getColumnVector(i).mapDivide(lengths[i]));
        }
        RealMatrix covariance = new SingularValueDecomposition(
                        jacobian.transpose().multiply(jacobian))
                .getSolver()
                .getInverse();
        for (int i = 0; i < PARAMETERS; i++) {
            double error = scale * Math.sqrt(Math.max(0, covariance.getEntry(i, i))) / lengths[i];
            estimates[i] = new Estimate(point[i], Math.max(0, point[i] - error), point[i] + error);
        }
        return new Usl(estimates[0], estimates[1], estimates[2]);
    }
}
